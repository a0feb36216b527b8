internal import PreflightFacts
internal import PreflightBytes

/// Checks every member against its local header, its size and its CRC, as a program does when it extracts the
/// archive.
struct ZIPVerification {
  private let end: EndOfCentralDirectory
  /// How many more bytes members can have before some of them must overlap.
  private var inputLeft: UInt64
  /// How many more bytes may be decompressed. A small archive can decompress to a thousand times its size,
  /// far more than a normal document.
  private var outputLeft: UInt64
  private var output: [UInt8] = []
  /// After a few faults, more add no information.
  private var faultsLeft = Limits.ZIP.faults

  init(_ end: EndOfCentralDirectory, fileByteCount: UInt64) {
    self.end = end
    inputLeft = fileByteCount
    outputLeft = Self.maximumOutput(ofFile: fileByteCount)
  }

  /// How many bytes of a file may be decompressed, by its size.
  static func maximumOutput(ofFile byteCount: UInt64) -> UInt64 {
    let (proportional, overflow) = byteCount.multipliedReportingOverflow(by: Limits.ZIP.expansion)
    return overflow ? .max : max(proportional, Limits.ZIP.unpacked)
  }

  mutating func check(
    _ members: [ZIPMember], in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    // In the order of the file, so that it is read once from front to back.
    let isSorted = zip(members, members.dropFirst()).allSatisfy { $0.headerOffset <= $1.headerOffset }
    let members = isSorted ? members : members.sorted { $0.headerOffset < $1.headerOffset }
    var reached: UInt64 = 0
    for member in members where faultsLeft > 0 {
      if let fault = try fault(of: member, after: &reached, in: &window, into: &reading) {
        reading.add(fault)
        faultsLeft -= 1
      }
    }
  }

  /// - Parameter reached: The end of the previous member's data.
  private mutating func fault(
    of member: ZIPMember, after reached: inout UInt64, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    var fixed = try window.available(at: member.headerOffset, upTo: LocalFileHeader.byteCount)
    guard fixed.has(LocalFileHeader.signature), fixed.remaining == LocalFileHeader.byteCount else {
      // Usually all offsets are wrong, and then one fault says as much as many.
      faultsLeft = 0
      let isInFile = member.headerOffset < window.byteCount
      return Fault(
        "local-header-missing", clause: "APPNOTE 4.3.7",
        at: isInFile ? member.headerOffset : member.entryOffset,
        "Member \(try name(of: member, in: &window)) isn't at the offset in the directory.",
        expected: "PK\\x03\\x04")
    }
    let header = try LocalFileHeader(parsing: &fixed)
    if member.headerOffset < reached { return try overlap(member, in: &window) }
    let start = member.headerOffset + UInt64(header.headerByteCount)
    guard start <= end.directoryOffset, member.compressedSize <= end.directoryOffset - start else {
      faultsLeft = 0
      return Fault(
        "member-too-long", clause: "APPNOTE 4.4.8", at: member.headerOffset,
        "Member \(try name(of: member, in: &window)) is longer than the space available.",
        expected: "at most \(end.directoryOffset &- min(start, end.directoryOffset)) bytes",
        actual: "\(member.compressedSize) bytes")
    }
    if member.compressedSize > inputLeft { return try overlap(member, in: &window) }
    inputLeft -= member.compressedSize
    let data = start..<start + member.compressedSize
    reached = data.upperBound
    if let fault = try mismatch(of: header, with: member, in: &window) { return fault }
    return try fault(ofData: data, of: member, in: &window, into: &reading)
  }

  private mutating func overlap(
    _ member: ZIPMember, in window: inout ByteWindow
  ) throws(ReadError) -> Fault {
    // Continuing would read the same bytes repeatedly.
    faultsLeft = 0
    return Fault(
      "overlapping-members", clause: "APPNOTE 4.3.6", at: member.headerOffset,
      "Member \(try name(of: member, in: &window)) overlaps another member.")
  }

  /// The differences between the local header and the directory. Programs that read from front to back trust
  /// the former, others the latter.
  private func mismatch(
    of header: LocalFileHeader, with member: ZIPMember, in window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    if member.flags.contains(.maskedHeader) { return nil }
    let nameOffset = member.headerOffset + UInt64(LocalFileHeader.byteCount)
    if try window.span(at: nameOffset, count: header.nameLength).partNameHash != member.nameHash {
      return Fault(
        "local-name-mismatch", clause: "APPNOTE 4.4.17", at: nameOffset,
        "A member has a different name in its header than in the directory.",
        expected: try name(of: member, in: &window),
        actual: try window.quotedName(at: nameOffset, length: header.nameLength))
    }
    if header.method != member.method {
      return Fault(
        "local-method-mismatch", clause: "APPNOTE 4.4.5", at: member.headerOffset + 8,
        "Member \(try name(of: member, in: &window)) has a different compression method in its header "
          + "than in the directory.", expected: "\(member.method)", actual: "\(header.method)")
    }
    // With a data descriptor the header's values are blank; with ZIP64 they are elsewhere.
    if header.flags.contains(.dataDescriptor) || header.compressedSize == .max
      || header.uncompressedSize == .max
    {
      return nil
    }
    if header.compressedSize != member.compressedSize
      || header.uncompressedSize != member.uncompressedSize
    {
      return Fault(
        "local-size-mismatch", clause: "APPNOTE 4.4.8", at: member.headerOffset + 18,
        "Member \(try name(of: member, in: &window)) has a different size in its header than in "
          + "the directory.",
        expected: "\(member.compressedSize) bytes, \(member.uncompressedSize) decompressed",
        actual: "\(header.compressedSize) bytes, \(header.uncompressedSize) decompressed")
    }
    if header.crc32 != member.crc32 {
      return Fault(
        "local-crc-mismatch", clause: "APPNOTE 4.4.7", at: member.headerOffset + 14,
        "Member \(try name(of: member, in: &window)) has a different CRC-32 in its header than in "
          + "the directory.", expected: hexadecimal(member.crc32), actual: hexadecimal(header.crc32))
    }
    return nil
  }

  /// What is wrong with the data itself.
  private mutating func fault(
    ofData range: Range<UInt64>, of member: ZIPMember, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    if member.flags.contains(.encrypted) { return nil }
    let isDeflated = member.method == ZIPMember.deflated
    guard isDeflated || member.method == ZIPMember.stored else { return nil }
    if isDeflated, try isValid(range, of: member, in: &window) { return nil }
    if isDeflated, output.isEmpty { output = [UInt8](repeating: 0, count: 1 << 16) }
    let limit = min(member.uncompressedSize, outputLeft)
    let data = try MemberData(
      &window, in: range, isDeflated: isDeflated, limit: isDeflated ? limit : .max, output: &output)
    if isDeflated { outputLeft -= min(outputLeft, data.byteCount) }
    let actual: String
    switch data.outcome {
    case .damaged(let offset):
      return Fault(
        "deflate-damaged", clause: "RFC 1951 3.2.3", at: offset,
        "The compressed data of member \(try name(of: member, in: &window)) is corrupt.")
    case .incomplete:
      return Fault(
        "deflate-incomplete", clause: "RFC 1951 3.2.3", at: range.upperBound,
        "The compressed data of member \(try name(of: member, in: &window)) is truncated.")
    case .overLimit:
      if limit < member.uncompressedSize {
        let size = Limits.size(Self.maximumOutput(ofFile: window.byteCount))
        reading.leaveUnchecked(
          UncheckedPart(
            "member data after the first \(size) decompressed", limit: "\(size) decompressed",
            at: range.lowerBound))
        return nil
      }
      actual = "more"
    case .complete:
      actual = "\(data.byteCount) bytes"
    }
    guard data.byteCount == member.uncompressedSize else {
      return Fault(
        "unpacked-size-mismatch", clause: "APPNOTE 4.4.9", at: range.lowerBound,
        "Member \(try name(of: member, in: &window)) doesn't decompress to the size in the "
          + "directory.", expected: "\(member.uncompressedSize) bytes", actual: actual)
    }
    guard data.crc32.value == member.crc32 else {
      return Fault(
        "crc-mismatch", clause: "APPNOTE 4.4.7", at: range.lowerBound,
        "Member \(try name(of: member, in: &window)) doesn't match its CRC-32.",
        expected: hexadecimal(member.crc32), actual: hexadecimal(data.crc32.value))
    }
    return nil
  }

  /// Whether a member decompresses in one step to what the directory declares. If it doesn't, decompressing
  /// it in pieces finds out why.
  private mutating func isValid(
    _ range: Range<UInt64>, of member: ZIPMember, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    guard member.uncompressedSize <= outputLeft else { return false }
    let crc32 = try window.unpackMemberData(in: range, expecting: member.uncompressedSize) { bytes in
      var crc32 = CRC32()
      crc32.update(bytes)
      return crc32.value
    }
    guard crc32 == member.crc32 else { return false }
    outputLeft -= member.uncompressedSize
    return true
  }

  private func name(
    of member: ZIPMember, in window: inout ByteWindow
  ) throws(ReadError) -> String {
    let offset = member.entryOffset + UInt64(CentralFileHeader.byteCount)
    return try window.quotedName(at: offset, length: member.nameLength)
  }
}

/// Eight hexadecimal digits.
private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
