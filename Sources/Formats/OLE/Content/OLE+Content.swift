internal import PreflightFacts
internal import PreflightBytes

extension OLE {
  /// Walks the streams of a document as far as their own records and tables say what must be where.
  ///
  /// The tables of the compound file don't show it if bytes in a stream are lost, exchanged or replaced.
  static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    var span = try window.span(at: 0, count: CompoundFileHeader.byteCount)
    let header = try CompoundFileHeader(parsing: &span)
    let file = try CompoundFile(header, in: &window)
    try checkZeros(file, &window, into: &reading)
    if let entry = file.directory.rootEntry(.classOfObject) {
      // The class of the document (MS-OLEDS 2.3.8), which begins with numbers that aren't zero.
      let head = try file.head(of: entry, upTo: 64, in: &window)
      if head.bytes.count == 64, head.bytes.allSatisfy({ $0 == 0 }) {
        reading.add(
          Fault(
            "stream-content-broken", clause: "MS-OLEDS 2.3.8", at: head.offset,
            "The content of the stream “CompObj” is damaged: it consists of zeros."))
      }
    }
    let isProtected = file.directory.rootEntry(.protectedContent) != nil
    guard reading.facts.encrypted != true, !isProtected else { return }
    switch OLEType(file.directory) {
    case .excel:
      let name: CompoundName = file.directory.rootEntry(.workbook) != nil ? .workbook : .book
      if let stream = try reader(of: name, in: file, &window) {
        try WorkbookRecords.check(stream, &window, into: &reading)
      }
    case .powerPoint:
      if let stream = try reader(of: .powerPointDocument, in: file, &window) {
        try PowerPointRecords.check(stream, named: "PowerPoint Document", &window, into: &reading)
      }
      if let stream = try reader(of: .pictures, in: file, &window) {
        try PowerPointRecords.check(stream, named: "Pictures", &window, into: &reading)
      }
    case .word: try WordTables.check(file, &window, into: &reading)
    case .encryptedPackage, .other, nil: break
    }
  }

  /// Zeros in place of the compound file's own tables and of its last sectors.
  private static func checkZeros(
    _ file: CompoundFile, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    if let sector = file.fat.unmarkedSector() {
      reading.add(
        Fault(
          "allocation-table-broken", clause: "MS-CFB 2.3",
          // The sector may be claimed to be past the end.
          at: min(file.header.offset(of: sector), window.byteCount),
          "A sector of the allocation table isn't marked as one, so its entries are wrong.",
          expected: "0xFFFFFFFD", actual: "another entry"))
    }
    if file.directory.hasEmptyEntry {
      reading.add(
        Fault(
          "directory-gap", clause: "MS-CFB 2.6.4", at: file.directory.entries.first?.offset,
          "A directory entry refers to one that isn't in use."))
    }
    // Short streams are filled up to 4 KiB, and a sector is filled up, but no writer puts more zeros at the end.
    let end = window.byteCount
    guard end > Limits.OLE.padding, file.header.sectorShift <= 12,
      try AudioTags.isZero(&window, from: end - Limits.OLE.padding, to: end),
      let last = file.fat[UInt32(clamping: end >> UInt64(file.header.sectorShift) - 2)],
      last != SectorNumber.free
    else { return }
    reading.add(
      Fault(
        "unwritten", clause: "MS-CFB 2.3", at: end - Limits.OLE.padding,
        "The last sectors of the file are zeros, although they belong to streams: the file wasn't written completely.",
        expected: "data", actual: "zeros"))
  }

  /// A stream in the root that is completely known; nil if there is none, or if it has more pieces than are kept.
  static func reader(
    of name: CompoundName, in file: CompoundFile, _ window: inout ByteWindow
  ) throws(ReadError) -> CompoundStreamReader? {
    guard let entry = file.directory.rootEntry(name) else { return nil }
    let (stream, defect) = try file.stream(entry, in: &window)
    guard defect == nil, !stream.isLimited else { return nil }
    return CompoundStreamReader(stream)
  }
}

/// Reads a stream mostly from its start to its end, block by block.
struct CompoundStreamReader {
  private static let blockSize = 1 << 14

  private let stream: CompoundStream
  private var block: [UInt8] = []
  private var start: UInt64 = 0

  init(_ stream: CompoundStream) { self.stream = stream }

  var byteCount: UInt64 { stream.byteCount }

  /// The file offset of a byte of the stream.
  func offset(of position: UInt64) -> UInt64? { stream.place(of: position)?.offset }

  /// Exactly `count` bytes of the stream, at most a block; nil past its end.
  mutating func bytes(
    at position: UInt64, count: Int, in window: inout ByteWindow
  ) throws(ReadError) -> ArraySlice<UInt8>? {
    guard position <= byteCount, UInt64(count) <= byteCount - position, count <= Self.blockSize else {
      return nil
    }
    if position < start || position + UInt64(count) > start + UInt64(block.count) {
      block = try stream.bytes(at: position, count: Self.blockSize, in: &window)
      start = position
    }
    let index = Int(position - start)
    guard index + count <= block.count else { return nil }
    return block[index..<index + count]
  }

  /// A number at a position of the stream, least significant byte first; nil past its end.
  mutating func number<Number: FixedWidthInteger>(
    _: Number.Type, at position: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Number? {
    guard let bytes = try bytes(at: position, count: Number.bitWidth / 8, in: &window) else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
  }
}

extension Fault {
  /// The fault of a stream whose content doesn't follow its own records or tables.
  static func brokenStream(
    _ name: String, clause: String, _ what: String, at position: UInt64, _ stream: CompoundStreamReader,
    expected: String? = nil, actual: String? = nil
  ) -> Fault {
    Fault(
      "stream-content-broken", clause: clause,
      at: stream.offset(of: min(position, max(1, stream.byteCount) - 1)),
      "The stream “\(name)” has damaged content: \(what).", expected: expected, actual: actual)
  }
}
