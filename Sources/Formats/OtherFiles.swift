internal import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let otherFiles = Format(
    "Other files", reader: OtherFiles.self, hiding: .none,
    mediaTypes: [
      .init(.octetStream, "data of an unknown type", .data)
    ])
}

/// Other files that people send by mistake: databases, fonts, and documents from before compound files. They
/// are named and not read any further.
enum OtherFiles: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    let head = try window.available(at: 0, upTo: 64)
    reading.mediaType = signatures.first(in: head)
    if reading.mediaType == nil, isTrueType(head) { reading.mediaType = "font/ttf" }
    if reading.mediaType == nil, isWorksheet(head) { reading.mediaType = "application/vnd.ms-excel" }
  }

  static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    switch reading.mediaType {
    case "application/vnd.ms-excel":
      try OldDocuments.checkWorkbook(&window, into: &reading)
    case "application/msword":
      let isForWindows = try window.available(at: 0, upTo: 2)[1] == 0xa5
      try OldDocuments.checkDocument(isForWindows: isForWindows, &window, into: &reading)
    default: break
    }
  }

  private static let signatures = FileSignatures<MediaType>([
    .init("SQLite format 3\0", "application/vnd.sqlite3"),
    .init("\0\u{1}\0\0Standard Jet DB\0", "application/x-msaccess"),
    .init("\0\u{1}\0\0Standard ACE DB\0", "application/x-msaccess"),
    .init("wOFF\0\u{1}\0\0", "font/woff"),
    .init("wOFFOTTO", "font/woff"),
    .init("wOFFtrue", "font/woff"),
    .init("wOF2\0\u{1}\0\0", "font/woff2"),
    .init("wOF2OTTO", "font/woff2"),
    .init("wOF2true", "font/woff2"),
    .init("wOF2ttcf", "font/woff2"),
    .init("OTTO\0", "font/otf"),
    .init("ttcf\0\u{1}\0\0", "font/collection"),
    .init("ttcf\0\u{2}\0\0", "font/collection"),
    // Word for Windows 1 and 2, Word for the Mac 4 and 5.
    .init("\u{9b}\u{a5}\u{21}\0", "application/msword"),
    .init("\u{db}\u{a5}\u{2d}\0", "application/msword"),
    .init("\u{fe}\u{37}\0\u{1c}", "application/msword"),
    .init("\u{fe}\u{37}\0\u{23}", "application/msword"),
    .init("\u{31}\u{be}\0\0\0\u{ab}", "application/x-mswrite"),
  ])

  /// The tables' number, and the search values that follow from it (OpenType 1.9, Table Directory).
  private static func isTrueType(_ head: borrowing ByteSpan) -> Bool {
    guard head.has([0, 1, 0, 0]) || head.has("true"), head[4] == 0, let tables = head[5], tables > 0,
      tables < 128, let range = head[7], let rangeHigh = head[6]
    else { return false }
    let power = 1 << (7 - UInt8(tables).leadingZeroBitCount)
    return Int(rangeHigh) << 8 | Int(range) == power * 16
  }

  /// A stream of Excel records without a compound file, as Excel 2 to 4 wrote: the BOF record with the length
  /// for its version, and a valid content type.
  private static func isWorksheet(_ head: borrowing ByteSpan) -> Bool {
    guard head[0] == 0x09, head[3] == 0, let low = head[6], let high = head[7] else { return false }
    let kind = Int(high) << 8 | Int(low)
    guard [0x05, 0x06, 0x10, 0x20, 0x40, 0x100].contains(kind) else { return false }
    switch (head[1], head[2]) {
    case (0x00, 4), (0x02, 6), (0x04, 6): return true
    case (0x08, 8): return head[4] == 0 && head[5] == 5
    case (0x08, 16): return head[4] == 0 && head[5] == 6
    default: return false
    }
  }
}
