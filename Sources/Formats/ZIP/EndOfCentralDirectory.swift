internal import PreflightFacts
internal import PreflightBytes

/// The end of central directory record (APPNOTE 4.3.16), with the values of its ZIP64 form if present
/// (4.3.14, 4.3.15), and the offset at which the directory was found.
struct EndOfCentralDirectory {
  /// Where the record is.
  let offset: UInt64
  /// The declared number of entries; in the plain form only the lowest 16 bits count.
  let entryCount: UInt64
  let isZIP64: Bool
  /// Where the directory begins in this file.
  let directoryOffset: UInt64
  /// Where the directory ends.
  let directoryEnd: UInt64
  /// What to add to every offset in the directory: the bytes before the archive.
  let base: UInt64
  /// The end of the record and its comment; past the end of the file if the comment is truncated.
  let end: UInt64

  enum Search {
    case found(EndOfCentralDirectory)
    /// There is a record at the offset, but no directory where it points.
    case withoutDirectory(UInt64)
    /// There are so many false records that those before the offset weren't checked.
    case unchecked(UInt64)
    case nothing
  }

  static let signature: StaticString = "PK\u{5}\u{6}"
  static let byteCount = 22
  private static let maximumComment = 0xffff
  /// How far from the end of the file programs search for the record.
  static let reach = byteCount + maximumComment

  /// Searches for the record backwards from the end of the file. A comment may contain its signature.
  ///
  /// - Parameters:
  ///   - memberStart: The offset of the first member in a file that starts with one. Nothing can precede
  ///     such an archive, so a record that says otherwise belongs to an embedded archive.
  ///   - reach: How far from the end to search; nil for as far as programs do in a file that starts like
  ///     an archive.
  static func find(
    in window: inout ByteWindow, memberStart: UInt64?, reach: Int? = nil
  ) throws(ReadError) -> Search {
    // All other files get this check too: they aren't searched for an archive with a long comment.
    let reach = reach ?? (memberStart == nil ? Limits.ZIP.reach : Self.reach)
    let start = window.byteCount > UInt64(reach) ? window.byteCount - UInt64(reach) : 0
    var last: UInt64?
    // Zeros after a signature in a comment make the record of an empty archive.
    var empty: EndOfCentralDirectory?
    var end = window.byteCount
    var tries = 0
    while let offset = try lastSignature(in: start..<end, &window) {
      guard tries < Limits.ZIP.endRecords else { return .unchecked(offset) }
      tries += 1
      last = last ?? offset
      end = offset + 3
      guard let record = try EndOfCentralDirectory(in: &window, at: offset) else { continue }
      if let memberStart, record.base > memberStart { continue }
      if record.directoryOffset < record.directoryEnd { return .found(record) }
      empty = empty ?? record
    }
    if let empty { return .found(empty) }
    return last.map(Search.withoutDirectory) ?? .nothing
  }

  /// The last offset of the signature within a range with the record's length after it.
  private static func lastSignature(
    in range: Range<UInt64>, _ window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    let fileEnd = window.byteCount
    let count = Int(min(range.upperBound, fileEnd) - range.lowerBound)
    let tail = try window.available(at: range.lowerBound, upTo: count)
    let limit = Int(fileEnd - range.lowerBound) - byteCount
    // All of them from the front, since that search is many times as fast; by the third byte, which is in no
    // text.
    var last: Int?
    var index = 2
    while let found = tail.firstIndex(of: 5, from: index), found - 2 <= limit {
      if tail.has(signature, at: found - 2) { last = found - 2 }
      index = found + 1
    }
    return last.map { range.lowerBound + UInt64($0) }
  }

  /// Reads the record at `offset` and finds its directory; nil if there is none.
  init?(in window: inout ByteWindow, at offset: UInt64) throws(ReadError) {
    let record = try Record(in: &window, at: offset)
    var entryCount = UInt64(record.entryCount)
    var size = UInt64(record.directorySize)
    var claimed = UInt64(record.directoryOffset)
    var recordsStart = offset
    let zip64 = try ZIP64Record.find(in: &window, before: offset)
    if let zip64 {
      if record.entryCount == .max { entryCount = zip64.entryCount }
      if record.directorySize == .max { size = zip64.directorySize }
      if record.directoryOffset == .max { claimed = zip64.directoryOffset }
      recordsStart = zip64.offset
    }
    self.offset = offset
    self.entryCount = entryCount
    isZIP64 = zip64 != nil
    end = offset + UInt64(Self.byteCount) + UInt64(record.commentLength)

    if entryCount == 0, size == 0 {
      (directoryOffset, directoryEnd, base) = (recordsStart, recordsStart, 0)
      return
    }
    // The directory ends where the end records begin; bytes before the archive shift both equally. Only if
    // something is in between is the declared offset more reliable.
    if size <= recordsStart, recordsStart - size >= claimed,
      try Self.hasDirectory(&window, at: recordsStart - size)
    {
      directoryOffset = recordsStart - size
      base = directoryOffset - claimed
    } else if claimed < recordsStart, size <= recordsStart - claimed,
      try Self.hasDirectory(&window, at: claimed)
    {
      directoryOffset = claimed
      base = 0
    } else {
      return nil
    }
    directoryEnd = directoryOffset + size
  }

  private static func hasDirectory(
    _ window: inout ByteWindow, at offset: UInt64
  ) throws(ReadError) -> Bool {
    try window.available(at: offset, upTo: 4).has(CentralFileHeader.signature)
  }

  /// The record's own fields (4.3.16).
  private struct Record {
    let entryCount: UInt16
    let directorySize: UInt32
    let directoryOffset: UInt32
    let commentLength: UInt16

    init(in window: inout ByteWindow, at offset: UInt64) throws(ReadError) {
      var span = try window.span(at: offset, count: byteCount)
      try span.skip(4 + 2 + 2 + 2)  // signature, numbers of disks, entries on this disk
      entryCount = try UInt16(parsingLittleEndian: &span)
      directorySize = try UInt32(parsingLittleEndian: &span)
      directoryOffset = try UInt32(parsingLittleEndian: &span)
      commentLength = try UInt16(parsingLittleEndian: &span)
    }
  }

  /// The ZIP64 end of central directory record (4.3.14), through its locator (4.3.15).
  private struct ZIP64Record {
    let offset: UInt64
    let entryCount: UInt64
    let directorySize: UInt64
    let directoryOffset: UInt64

    private static let locatorByteCount: UInt64 = 20
    private static let byteCount: UInt64 = 56

    static func find(
      in window: inout ByteWindow, before end: UInt64
    ) throws(ReadError) -> ZIP64Record? {
      guard end >= locatorByteCount else { return nil }
      let locatorOffset = end - locatorByteCount
      var locator = try window.span(at: locatorOffset, count: locatorByteCount)
      guard locator.has("PK\u{6}\u{7}") else { return nil }
      try locator.skip(4 + 4)  // signature, number of the disk
      let claimed = try UInt64(parsingLittleEndian: &locator)
      // Bytes before the archive make the locator's offset wrong; the record then precedes the locator.
      for offset in [claimed, locatorOffset >= byteCount ? locatorOffset - byteCount : 0]
      where offset <= locatorOffset {
        var span = try window.available(at: offset, upTo: Int(byteCount))
        guard span.has("PK\u{6}\u{6}"), span.remaining == byteCount else { continue }
        try span.skip(4 + 8 + 2 + 2 + 4 + 4 + 8)  // up to the entries in all
        return ZIP64Record(
          offset: offset,
          entryCount: try UInt64(parsingLittleEndian: &span),
          directorySize: try UInt64(parsingLittleEndian: &span),
          directoryOffset: try UInt64(parsingLittleEndian: &span))
      }
      return nil
    }
  }
}

extension UncheckedPart {
  /// An archive that may be found by a record before the searched range.
  static func archive(endingBefore offset: UInt64) -> UncheckedPart {
    let count = Limits.ZIP.endRecords
    return UncheckedPart(
      "an archive that may end before the last \(count) end records", limit: "\(count) end records",
      at: offset)
  }
}
