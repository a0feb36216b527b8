internal import PreflightFacts
internal import PreflightBytes

extension ZIP {
  /// Reads an archive whose end is missing, member by member from the front: enough to find out what it was
  /// and where it ends.
  static func readWithoutDirectory(
    _ window: inout ByteWindow, from start: UInt64, _ search: EndOfCentralDirectory.Search,
    into reading: inout Reading
  ) throws(ReadError) {
    var fragment = ZIPFragment(start, fileByteCount: window.byteCount)
    try fragment.read(&window)
    if case .complete(let offset) = fragment.end,
      window.byteCount - offset > EndOfCentralDirectory.reach,
      let end = try EndOfCentralDirectory(in: &window, at: offset)
    {
      reading.trailingDataOffset = end.end
      reading.add(
        Fault(
          "end-record-out-of-reach", clause: "APPNOTE 4.3.16", at: offset,
          "Too much data follows the archive for programs to find its end record.",
          expected: "at most \(EndOfCentralDirectory.reach) bytes from the end of the file",
          actual: "\(window.byteCount - offset) bytes"))
      return try readMembers(&window, end, into: &reading)
    }
    try ZIPType.findInFragment(fragment.contents, in: &window, into: &reading)
    // What may be there can't be missed.
    if case .unchecked(let offset) = search { return reading.leaveUnchecked(.archive(endingBefore: offset)) }
    let clause = "APPNOTE 4.3.6"
    switch fragment.end {
    case .cutMember(let nameLength):
      var what = "a member header"
      if let nameLength {
        let nameOffset = fragment.offset + UInt64(LocalFileHeader.byteCount)
        what = "the member \(try window.quotedName(at: nameOffset, length: nameLength))"
      }
      reading.addTruncation(of: what, clause: clause, at: window.byteCount)
    case .cutDirectory:
      reading.addTruncation(
        of: "the archive directory", clause: clause, at: window.byteCount)
    case .uncheckedMember:
      let size = Limits.size(ZIPVerification.maximumOutput(ofFile: window.byteCount))
      reading.leaveUnchecked(
        UncheckedPart(
          "members after the first \(size) decompressed", limit: "\(size) decompressed", at: fragment.offset))
      // There is no record where programs search for it, whatever members there are.
      reading.add(
        Fault(
          "end-record-missing", clause: "APPNOTE 4.3.16", at: window.byteCount,
          "The file has no end record that points to its archive directory."))
    case .beforeDirectory(let offset) where offset == window.byteCount:
      reading.add(
        Fault(
          "truncated", clause: clause, at: offset, "The file ends before the archive directory.",
          expected: "the archive directory", actual: "end of file"))
    case .beforeDirectory(let offset), .complete(let offset):
      if case .withoutDirectory(let offset) = search {
        reading.add(
          Fault(
            "directory-missing", clause: "APPNOTE 4.3.16", at: offset,
            "The archive's end record doesn't point to an archive directory."))
      } else {
        reading.add(
          Fault(
            "end-record-missing", clause: "APPNOTE 4.3.16", at: offset,
            "The archive is truncated here: it has no end record that points to its directory."))
      }
    }
  }
}

/// The members at the front of a file, found only by their local headers.
private struct ZIPFragment {
  enum End {
    /// The data ends within a member. The name's length is known if the name is present.
    case cutMember(nameLength: UInt16?)
    /// A member is so long, decompressed, that what follows isn't searched for.
    case uncheckedMember
    /// Neither a member nor the directory is at the offset.
    case beforeDirectory(UInt64)
    /// The data ends within the directory or its end record.
    case cutDirectory
    /// The directory and its end record are there; the record is at the offset.
    case complete(UInt64)
  }

  private(set) var contents = ZIPContents()
  private(set) var end = End.cutDirectory
  /// The offset where the next member should be, or where the last one begins.
  private(set) var offset: UInt64
  private var output: [UInt8] = []
  /// How many more bytes may be unpacked.
  private var outputLeft: UInt64

  init(_ start: UInt64, fileByteCount: UInt64) {
    offset = start
    outputLeft = ZIPVerification.maximumOutput(ofFile: fileByteCount)
  }

  mutating func read(_ window: inout ByteWindow) throws(ReadError) {
    while true {
      var fixed = try window.available(at: offset, upTo: LocalFileHeader.byteCount)
      if fixed.has(CentralFileHeader.signature) { return try readDirectory(&window) }
      guard fixed.has(LocalFileHeader.signature) else {
        end = .beforeDirectory(offset)
        return
      }
      end = .cutMember(nameLength: nil)
      guard fixed.remaining == LocalFileHeader.byteCount else { return }
      let header = try LocalFileHeader(parsing: &fixed)
      guard let member = try note(header, in: &window),
        let next = try endOfMember(member, header, in: &window), next <= window.byteCount
      else { return }
      offset = next
    }
  }

  /// Follows the directory's entries to the end record.
  private mutating func readDirectory(_ window: inout ByteWindow) throws(ReadError) {
    while true {
      var fixed = try window.available(at: offset, upTo: CentralFileHeader.byteCount)
      if fixed.has(CentralFileHeader.signature), fixed.remaining == CentralFileHeader.byteCount {
        offset += UInt64(try CentralFileHeader(parsing: &fixed).entryByteCount)
      } else if fixed.has("PK\u{6}\u{6}"), fixed.remaining >= 12 {
        try fixed.skip(4)
        let size = try UInt64(parsingLittleEndian: &fixed)
        offset = try (offset + 12).adding(size, claimedAt: offset)
      } else if fixed.has("PK\u{6}\u{7}"), fixed.remaining >= 20 {
        offset += 20
      } else if fixed.has(EndOfCentralDirectory.signature),
        fixed.remaining >= EndOfCentralDirectory.byteCount
      {
        end = .complete(offset)
        return
      } else {
        end = fixed.remaining < CentralFileHeader.byteCount ? .cutDirectory : .beforeDirectory(offset)
        return
      }
    }
  }

  /// Keeps what the member at `offset` reveals; nil if its name is truncated.
  private mutating func note(
    _ header: LocalFileHeader, in window: inout ByteWindow
  ) throws(ReadError) -> ZIPMember? {
    let fileEnd = window.byteCount
    let nameOffset = offset + UInt64(LocalFileHeader.byteCount)
    let name = try window.available(at: nameOffset, upTo: Int(header.nameLength))
    guard name.remaining == Int(header.nameLength) else { return nil }
    var member = ZIPMember(
      headerOffset: offset, compressedSize: UInt64(header.compressedSize),
      uncompressedSize: UInt64(header.uncompressedSize), crc32: header.crc32, flags: header.flags,
      method: header.method, nameHash: name.partNameHash, entryOffset: offset,
      nameLength: header.nameLength)
    // The true size isn't known in advance; the reader of the member stops by itself.
    if Self.isStreamed(header) || header.compressedSize == .max { member.compressedSize = fileEnd }
    contents.note(name, of: member)
    end = .cutMember(nameLength: header.nameLength)
    return member
  }

  /// Whether the member was written without knowing its size (4.4.4, bit 3).
  private static func isStreamed(_ header: LocalFileHeader) -> Bool {
    header.flags.contains(.dataDescriptor) && header.compressedSize == 0
  }

  private mutating func endOfMember(
    _ member: ZIPMember, _ header: LocalFileHeader, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    let data = offset + UInt64(header.headerByteCount)
    guard data <= window.byteCount else { return nil }
    return Self.isStreamed(header)
      ? try endOfStream(from: data, of: member, in: &window)
      : try endOfSized(from: data, header, in: &window)
  }

  /// The offset where the next member should be, after one that declares its size; nil if that is not in the
  /// file.
  private func endOfSized(
    from data: UInt64, _ header: LocalFileHeader, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    var size = UInt64(header.compressedSize)
    if header.compressedSize == .max {
      // ZIP64 extra field (4.5.3): it contains both sizes, the uncompressed one first.
      var extra = try window.span(
        at: data - UInt64(header.extraLength), count: header.extraLength)
      size = .max
      while size == .max, extra.remaining >= 4 {
        let id = try UInt16(parsingLittleEndian: &extra)
        guard let length = try? UInt16(parsingLittleEndian: &extra), Int(length) <= extra.remaining
        else { break }
        var field = try extra.take(length)
        guard id == 0x0001, field.remaining >= 16 else { continue }
        try field.skip(8)
        size = try UInt64(parsingLittleEndian: &field)
      }
    }
    let (end, overflow) = data.addingReportingOverflow(size)
    guard !overflow, end <= window.byteCount else { return nil }
    return header.flags.contains(.dataDescriptor)
      ? try endOfDescriptor(at: end, in: &window) : end
  }

  /// The offset where the next member should be, after one whose size follows its data.
  private mutating func endOfStream(
    from data: UInt64, of member: ZIPMember, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    guard member.method == ZIPMember.deflated, !member.flags.contains(.encrypted) else {
      return try nextSignature(from: data, in: &window)
    }
    if output.isEmpty { output = [UInt8](repeating: 0, count: 1 << 16) }
    let unpacked = try MemberData(
      &window, in: data..<window.byteCount, isDeflated: true, limit: outputLeft, output: &output)
    outputLeft -= min(outputLeft, unpacked.byteCount)
    if case .overLimit = unpacked.outcome { end = .uncheckedMember }
    guard case .complete = unpacked.outcome else { return nil }
    return try endOfDescriptor(at: unpacked.end, in: &window)
  }

  /// The end of a data descriptor (4.3.9), which may lack its signature and may have 64-bit sizes.
  private func endOfDescriptor(
    at offset: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    let span = try window.available(at: offset, upTo: 28)
    for length in [16, 12, 24, 20] where Self.isSignature(span, at: length) {
      return offset + UInt64(length)
    }
    return span.has("PK\u{7}\u{8}") ? offset + 16 : offset
  }

  private static func isSignature(_ span: borrowing ByteSpan, at index: Int) -> Bool {
    span.has(LocalFileHeader.signature, at: index) || span.has(CentralFileHeader.signature, at: index)
  }

  /// The next offset at which a member or the directory seems to begin.
  private func nextSignature(
    from start: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    var offset = start
    while true {
      let span = try window.available(at: offset, upTo: 1 << 16)
      guard span.remaining >= 4 else { return nil }
      var index = 0
      while let found = span.firstIndex(of: "PK", from: index) {
        if Self.isSignature(span, at: found) { return offset + UInt64(found) }
        index = found + 1
      }
      offset += UInt64(span.remaining - 3)
    }
  }
}
