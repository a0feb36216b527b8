internal import PreflightFacts
internal import PreflightBytes

/// The records of a whole workbook (MS-XLS 2.1.4): substreams from BOF to EOF, and the sheets that the first of them
/// lists.
struct WorkbookRecords {
  private static let clause = "MS-XLS 2.1.4"
  /// BOF of Excel 2, 3, 4, and 5 and later.
  private static let beginnings: Set<UInt16> = [0x0009, 0x0209, 0x0409, 0x0809]
  private static let endOfFile: UInt16 = 0x000a
  private static let boundSheet: UInt16 = 0x0085
  /// No record has a higher type (MS-XLS 2.3), and none more bytes: longer ones are continued.
  private static let highestType: UInt16 = 0x10ff
  private static let longest: UInt16 = 8228
  /// DIMENSIONS of Excel 2, whose type is 0, has 10 bytes.
  private static let oldDimensionsSize: UInt16 = 10
  /// LibreOffice writes it, without data, where it has a condition that XLS doesn't.
  private static let unknown: UInt16 = 0xffff

  /// Where substreams begin, and where sheets should.
  private var substreams: Set<UInt64> = []
  private var sheets: [UInt64] = []

  static func check(
    _ stream: CompoundStreamReader, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    var stream = stream
    var records = WorkbookRecords()
    if let fault = try records.follow(&stream, &window, into: &reading) { reading.add(fault) }
  }

  private mutating func follow(
    _ stream: inout CompoundStreamReader, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    var position: UInt64 = 0
    var depth = 0
    var isAfterEmpty = false
    while position < stream.byteCount {
      let type = try stream.number(UInt16.self, at: position, in: &window)
      // Excel fills the stream up behind the last substream.
      if depth == 0, position > 0, type.map({ !Self.beginnings.contains($0) }) ?? true { break }
      guard let type, let length = try stream.number(UInt16.self, at: position + 2, in: &window) else {
        return fault("a record has no end", at: position, stream)
      }
      // A few writers have a single empty record, or Excel 2's dimensions; zeros in place of records are many.
      let isEmpty = type == 0 && length == 0
      let isKnown =
        type == 0
        ? isEmpty && !isAfterEmpty || length == Self.oldDimensionsSize
        : type <= Self.highestType || type == Self.unknown && length == 0
      isAfterEmpty = isEmpty
      guard isKnown, length <= Self.longest else {
        return fault("a record has an invalid type or length", at: position, stream)
      }
      guard position + 4 + UInt64(length) <= stream.byteCount else {
        return fault("a record is longer than the stream", at: position, stream)
      }
      if Self.beginnings.contains(type) {
        depth += 1
        if substreams.count < Limits.OLE.sheets { substreams.insert(position) }
      } else if type == Self.endOfFile {
        depth -= 1
      } else if type == Self.boundSheet, sheets.count < Limits.OLE.sheets,
        let sheet = try stream.number(UInt32.self, at: position + 4, in: &window)
      {
        sheets.append(UInt64(sheet))
      }
      position += 4 + UInt64(length)
    }
    if depth > 0 { return fault("it ends before the record EOF", at: position, stream) }
    if substreams.count == Limits.OLE.sheets {
      reading.leaveUnchecked(
        UncheckedPart(
          "sheets after the first \(Limits.OLE.sheets)", limit: "\(Limits.OLE.sheets) sheets",
          at: stream.offset(of: 0)))
    } else if let missing = sheets.first(where: { !substreams.contains($0) }) {
      return fault("a sheet isn't where the list of sheets says", at: missing, stream)
    }
    return nil
  }

  private func fault(_ what: String, at position: UInt64, _ stream: CompoundStreamReader) -> Fault {
    .brokenStream("Workbook", clause: Self.clause, what, at: position, stream)
  }
}
