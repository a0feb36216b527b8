internal import PreflightFacts
internal import PreflightBytes

/// The tables of a Word document (MS-DOC 2.5 to 2.9): where its text is, and how its characters and paragraphs are
/// formatted. Each says where it ends, and the pages of formatting say again what refers to them.
struct WordTables {
  private var document: CompoundStreamReader
  private var table: CompoundStreamReader
  /// The offset and the size of each table by its index (2.5.5, FibRgFcLcb97).
  private var places: [Place] = []

  /// Whether the pieces of the text are longer together than the limit.
  private var isLimited = false

  private struct Place {
    let offset: UInt64
    let byteCount: UInt64
    var end: UInt64 { offset + byteCount }
  }

  private enum Index {
    static let styles = 1
    static let characters = 12
    static let paragraphs = 13
    static let fonts = 15
    static let text = 33
  }

  static func check(
    _ file: CompoundFile, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    guard var document = try OLE.reader(of: .wordDocument, in: file, &window),
      let version = try document.number(UInt16.self, at: 2, in: &window), version >= 0x00c1,
      let flags = try document.number(UInt16.self, at: 10, in: &window), flags & 0x0100 == 0,
      let table = try OLE.reader(of: flags & 0x0200 != 0 ? .table1 : .table0, in: file, &window)
    else { return }
    var tables = WordTables(document: document, table: table)
    if let fault = try tables.findPlaces(&window) {
      reading.add(fault)
    } else if let fault = try tables.fault(&window) {
      reading.add(fault)
    }
    if tables.isLimited {
      let count = Limits.OLE.textPerStream
      reading.leaveUnchecked(
        UncheckedPart(
          "text beyond \(count) times the stream's size", limit: "\(count) times the stream's size",
          at: document.offset(of: 0)))
    }
  }

  private init(document: CompoundStreamReader, table: CompoundStreamReader) {
    self.document = document
    self.table = table
  }

  /// The file information block (2.5.1): a part of fixed size, and three lists after their lengths.
  private mutating func findPlaces(_ window: inout ByteWindow) throws(ReadError) -> Fault? {
    var position: UInt64 = 32
    for size: UInt64 in [2, 4] {
      guard let count = try document.number(UInt16.self, at: position, in: &window) else {
        return informationFault
      }
      position += 2 + UInt64(count) * size
    }
    guard let count = try document.number(UInt16.self, at: position, in: &window), Int(count) > Index.text
    else {
      return informationFault
    }
    for index in 0...UInt64(Index.text) {
      guard let offset = try document.number(UInt32.self, at: position + 2 + index * 8, in: &window),
        let byteCount = try document.number(UInt32.self, at: position + 6 + index * 8, in: &window)
      else { return informationFault }
      places.append(Place(offset: UInt64(offset), byteCount: UInt64(byteCount)))
    }
    return nil
  }

  private var informationFault: Fault {
    .brokenStream("WordDocument", clause: "MS-DOC 2.5.1", "its information block is cut", at: 0, document)
  }

  private mutating func fault(_ window: inout ByteWindow) throws(ReadError) -> Fault? {
    for index in [Index.styles, Index.characters, Index.paragraphs, Index.fonts, Index.text]
    where places[index].byteCount > 0 && places[index].end > table.byteCount {
      return tableFault("a table is longer than the stream", at: table.byteCount)
    }
    let clause = "MS-DOC 2.1"
    // Word up to 2002 leaves room behind the text, whose end the information block has (fcMac).
    let endOfText = try document.number(UInt32.self, at: 28, in: &window).map(UInt64.init)
    if let hole = try StreamHole.position(
      in: &document, from: 0, to: document.byteCount, length: Limits.OLE.hole, exceptAt: endOfText, &window)
    {
      return documentFault("zeros stand in place of data", at: hole, clause: clause)
    }
    if let hole = try StreamHole.position(
      in: &table, from: 0, to: table.byteCount, length: Limits.OLE.hole, &window)
    {
      return tableFault("zeros stand in place of data", at: hole, clause: clause)
    }
    if let fault = try fontsFault(&window) { return fault }
    if let fault = try stylesFault(&window) { return fault }
    if let fault = try pagesFault(Index.characters, mostRuns: 0x65, &window) { return fault }
    if let fault = try pagesFault(Index.paragraphs, mostRuns: 0x1d, &window) { return fault }
    return try textFault(&window)
  }

  private func tableFault(_ what: String, at position: UInt64, clause: String = "MS-DOC 2.5.5") -> Fault {
    .brokenStream("Table", clause: clause, what, at: position, table)
  }

  private func documentFault(_ what: String, at position: UInt64, clause: String) -> Fault {
    .brokenStream("WordDocument", clause: clause, what, at: position, document)
  }

  // MARK: Lists

  /// The fonts (2.9.286, SttbfFfn): each after its length.
  private mutating func fontsFault(_ window: inout ByteWindow) throws(ReadError) -> Fault? {
    let place = places[Index.fonts]
    guard place.byteCount > 0 else { return nil }
    var position = place.offset
    var count = try table.number(UInt16.self, at: position, in: &window) ?? 0
    if count == 0xffff {
      position += 2
      count = try table.number(UInt16.self, at: position, in: &window) ?? 0
    }
    position += 4
    for _ in 0..<count {
      guard position < place.end, let length = try table.number(UInt8.self, at: position, in: &window) else {
        break
      }
      position += 1 + UInt64(length)
    }
    return position == place.end
      ? nil
      : tableFault(
        "the list of fonts doesn't end where it should", at: place.offset, clause: "MS-DOC 2.9.286")
  }

  /// The styles (2.9.271, STSH): a header and each style, after their lengths.
  private mutating func stylesFault(_ window: inout ByteWindow) throws(ReadError) -> Fault? {
    let place = places[Index.styles]
    guard place.byteCount > 0 else { return nil }
    let header = UInt64(try table.number(UInt16.self, at: place.offset, in: &window) ?? 0)
    let count = try table.number(UInt16.self, at: place.offset + 2, in: &window) ?? 0
    var position = place.offset + 2 + header
    for _ in 0..<count {
      guard position < place.end, let length = try table.number(UInt16.self, at: position, in: &window) else {
        break
      }
      position += 2 + UInt64(length)
    }
    return position == place.end
      ? nil : tableFault("the styles don't end where they should", at: place.offset, clause: "MS-DOC 2.9.271")
  }

  // MARK: Formatting

  /// The pages with the formatting of characters or paragraphs (2.8.5 and 2.8.6, PlcBteChpx and PlcBtePapx; 2.9.33 and
  /// 2.9.174, ChpxFkp and PapxFkp): 512 bytes each. Both the table and the page say which text it formats.
  private mutating func pagesFault(
    _ index: Int, mostRuns: UInt8, _ window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    let clause = index == Index.characters ? "MS-DOC 2.9.33" : "MS-DOC 2.9.174"
    let place = places[index]
    guard place.byteCount >= 12 else { return nil }
    let count = (place.byteCount - 4) / 8
    for number in 0..<count {
      guard let first = try table.number(UInt32.self, at: place.offset + 4 * number, in: &window),
        let last = try table.number(UInt32.self, at: place.offset + 4 * number + 4, in: &window),
        let page = try table.number(UInt32.self, at: place.offset + 4 * (count + 1 + number), in: &window)
      else { return nil }
      // The upper bits are unused.
      let position = UInt64(page & 0x3f_ffff) * 512
      guard let runs = try document.number(UInt8.self, at: position + 511, in: &window) else {
        return documentFault("a page of formatting is missing", at: position, clause: clause)
      }
      guard 1...mostRuns ~= runs else {
        return documentFault("a page of formatting has no runs", at: position, clause: clause)
      }
      let begins = try document.number(UInt32.self, at: position, in: &window)
      let ends = try document.number(UInt32.self, at: position + 4 * UInt64(runs), in: &window)
      guard begins == first, ends == last, first < last else {
        return documentFault(
          "a page of formatting is for other text than the table says", at: position, clause: clause)
      }
    }
    return nil
  }

  // MARK: Text

  /// The pieces of the text (2.9.38, Clx): where each is, and whether it is there.
  private mutating func textFault(_ window: inout ByteWindow) throws(ReadError) -> Fault? {
    let clause = "MS-DOC 2.9.38"
    let place = places[Index.text]
    guard place.byteCount > 0 else { return nil }
    var position = place.offset
    // Properties of pieces precede them.
    while position < place.end, try table.number(UInt8.self, at: position, in: &window) == 1 {
      position += 3 + UInt64(try table.number(UInt16.self, at: position + 1, in: &window) ?? 0)
    }
    guard try table.number(UInt8.self, at: position, in: &window) == 2,
      let byteCount = try table.number(UInt32.self, at: position + 1, in: &window),
      position + 5 + UInt64(byteCount) == place.end, byteCount >= 4
    else { return tableFault("the list of the text's pieces is invalid", at: place.offset, clause: clause) }
    position += 5
    let count = UInt64(byteCount - 4) / 12
    var left = document.byteCount &* Limits.OLE.textPerStream
    for number in 0..<count {
      guard let first = try table.number(UInt32.self, at: position + 4 * number, in: &window),
        let last = try table.number(UInt32.self, at: position + 4 * number + 4, in: &window),
        let coded = try table.number(
          UInt32.self, at: position + 4 * (count + 1) + 8 * number + 2, in: &window)
      else { return nil }
      guard first <= last else {
        return tableFault("the pieces of the text are out of order", at: position, clause: clause)
      }
      // A bit tells text of one byte a character, whose offset is doubled.
      let isCompressed = coded & 0x4000_0000 != 0
      let offset = UInt64(coded & 0x3fff_ffff) / (isCompressed ? 2 : 1)
      let length = UInt64(last - first) * (isCompressed ? 1 : 2)
      guard offset + length <= document.byteCount else {
        return tableFault(
          "a piece of the text lies past the end of the document", at: position, clause: clause)
      }
      guard length <= left else {
        isLimited = true
        return nil
      }
      left -= length
      // No text contains zeros.
      if let hole = try StreamHole.position(
        in: &document, from: offset, to: offset + length, length: Limits.OLE.zeros, &window)
      {
        return documentFault("zeros stand in place of text", at: hole, clause: clause)
      }
    }
    return nil
  }
}
