internal import PreflightFacts
internal import PreflightBytes

/// A member as in the directory. Kept small, since there may be many.
struct ZIPMember {
  /// Where its local file header should be in this file.
  var headerOffset: UInt64
  var compressedSize: UInt64
  var uncompressedSize: UInt64
  var crc32: UInt32
  var flags: Flags
  var method: UInt16
  /// Distinguishes names; see `ByteSpan.partNameHash`.
  var nameHash: UInt64
  /// Where its entry in the directory is, for its name.
  var entryOffset: UInt64
  var nameLength: UInt16

  /// The offset to report: its entry in the directory if the declared offset lies after the file's end.
  func place(before end: UInt64) -> UInt64 { headerOffset < end ? headerOffset : entryOffset }

  /// General purpose bit flags (APPNOTE 4.4.4).
  struct Flags: OptionSet {
    let rawValue: UInt16
    static let encrypted = Flags(rawValue: 1 << 0)
    /// The sizes and the CRC follow the data instead of being in the local header.
    static let dataDescriptor = Flags(rawValue: 1 << 3)
    /// The directory is encrypted, and the local header's values are blanked out.
    static let maskedHeader = Flags(rawValue: 1 << 13)
  }

  /// Compression methods (APPNOTE 4.4.5).
  static let stored: UInt16 = 0
  static let deflated: UInt16 = 8
}

/// A central file header without its variable fields (APPNOTE 4.3.12).
struct CentralFileHeader {
  static let signature: StaticString = "PK\u{1}\u{2}"
  static let byteCount = 46

  let flags: ZIPMember.Flags
  let method: UInt16
  let crc32: UInt32
  let compressedSize: UInt32
  let uncompressedSize: UInt32
  let nameLength: UInt16
  let extraLength: UInt16
  let commentLength: UInt16
  let headerOffset: UInt32

  init(parsing span: inout ByteSpan) throws(ReadError) {
    try span.skip(4 + 2 + 2)  // signature, versions
    flags = ZIPMember.Flags(rawValue: try UInt16(parsingLittleEndian: &span))
    method = try UInt16(parsingLittleEndian: &span)
    try span.skip(4)  // time and date
    crc32 = try UInt32(parsingLittleEndian: &span)
    compressedSize = try UInt32(parsingLittleEndian: &span)
    uncompressedSize = try UInt32(parsingLittleEndian: &span)
    nameLength = try UInt16(parsingLittleEndian: &span)
    extraLength = try UInt16(parsingLittleEndian: &span)
    commentLength = try UInt16(parsingLittleEndian: &span)
    try span.skip(2 + 2 + 4)  // disk, attributes
    headerOffset = try UInt32(parsingLittleEndian: &span)
  }

  var entryByteCount: Int {
    Self.byteCount + Int(nameLength) + Int(extraLength) + Int(commentLength)
  }
}

/// The central directory, read entry by entry: the cost depends on the bytes present, not on the declared
/// number.
struct CentralDirectory {
  private let end: EndOfCentralDirectory
  private var offset: UInt64
  private var entryCount: UInt64 = 0
  private(set) var isAtEnd: Bool

  init(_ end: EndOfCentralDirectory) {
    self.end = end
    offset = end.directoryOffset
    isAtEnd = offset >= end.directoryEnd
  }

  /// The next members, in the directory's order and in runs that bound the memory. What their names reveal
  /// goes to `contents`.
  mutating func next(
    _ window: inout ByteWindow, contents: inout ZIPContents, into reading: inout Reading
  ) throws(ReadError) -> [ZIPMember] {
    var members: [ZIPMember] = []
    while !isAtEnd, members.count < Limits.ZIP.members {
      guard let member = try entry(&window, contents: &contents, into: &reading) else {
        isAtEnd = true
        return members
      }
      members.append(member)
      entryCount += 1
      isAtEnd = offset >= end.directoryEnd
    }
    if isAtEnd { checkCount(into: &reading) }
    return members
  }

  private mutating func entry(
    _ window: inout ByteWindow, contents: inout ZIPContents, into reading: inout Reading
  ) throws(ReadError) -> ZIPMember? {
    let left = end.directoryEnd - offset
    var fixed = try window.available(at: offset, upTo: CentralFileHeader.byteCount)
    // A digital signature may close the directory (4.3.13).
    if fixed.has("PK\u{5}\u{5}") {
      checkCount(into: &reading)
      return nil
    }
    guard fixed.has(CentralFileHeader.signature), fixed.remaining == CentralFileHeader.byteCount,
      left >= CentralFileHeader.byteCount
    else {
      reading.add(
        Fault(
          "directory-entry-missing", clause: "APPNOTE 4.3.12", at: offset,
          "The archive directory is truncated: the next entry is missing.",
          expected: "\(end.entryCount) entries", actual: "\(entryCount) entries"))
      return nil
    }
    let header = try CentralFileHeader(parsing: &fixed)
    guard header.entryByteCount <= left else {
      reading.add(
        Fault(
          "directory-entry-too-long", clause: "APPNOTE 4.3.12", at: offset,
          "An archive directory entry is longer than the rest of the directory.",
          expected: "at most \(left) bytes", actual: "\(header.entryByteCount) bytes"))
      return nil
    }
    var span = try window.span(at: offset, count: header.entryByteCount)
    try span.skip(CentralFileHeader.byteCount)
    let name = try span.take(header.nameLength)
    var member = ZIPMember(
      headerOffset: UInt64(header.headerOffset), compressedSize: UInt64(header.compressedSize),
      uncompressedSize: UInt64(header.uncompressedSize), crc32: header.crc32, flags: header.flags,
      method: header.method, nameHash: name.partNameHash, entryOffset: offset,
      nameLength: header.nameLength)
    var extra = try span.take(header.extraLength)
    Self.applyZIP64(&extra, header: header, to: &member)
    member.headerOffset = try member.headerOffset.adding(end.base, claimedAt: offset)
    contents.note(name, of: member)
    offset += UInt64(header.entryByteCount)
    return member
  }

  /// Reads the 64-bit values from the extra field 0x0001 (4.5.3), which contains only those that don't fit.
  private static func applyZIP64(
    _ extra: inout ByteSpan, header: CentralFileHeader, to member: inout ZIPMember
  ) {
    do throws(ReadError) {
      while extra.remaining >= 4 {
        let id = try UInt16(parsingLittleEndian: &extra)
        var field = try extra.take(UInt16(parsingLittleEndian: &extra))
        guard id == 0x0001 else { continue }
        if header.uncompressedSize == .max {
          member.uncompressedSize = try UInt64(parsingLittleEndian: &field)
        }
        if header.compressedSize == .max {
          member.compressedSize = try UInt64(parsingLittleEndian: &field)
        }
        if header.headerOffset == .max { member.headerOffset = try UInt64(parsingLittleEndian: &field) }
        return
      }
    } catch {
      // Extra fields are often malformed (zipalign pads with NULs), which is harmless.
    }
  }

  private func checkCount(into reading: inout Reading) {
    // The plain record counts in 16 bits, and writers let it wrap around.
    let found = end.isZIP64 ? entryCount : entryCount & 0xffff
    if found != end.entryCount {
      reading.add(
        Fault(
          "entry-count-mismatch", clause: "APPNOTE 4.4.22", at: end.offset,
          "The end record declares \(end.entryCount) entries, but the directory has \(entryCount).",
          expected: "\(end.entryCount)", actual: "\(entryCount)"))
    }
  }
}
