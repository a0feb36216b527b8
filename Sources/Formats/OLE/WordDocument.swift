internal import PreflightFacts
internal import PreflightBytes

/// The start of a WordDocument stream: the file information block (MS-DOC 2.5.1).
struct WordDocument {
  let version: UInt16
  let isEncrypted: Bool
  /// Whether the tables are in the stream "1Table" rather than "0Table".
  let usesTable1: Bool

  /// Word 97 brought a stream for the tables.
  var hasTableStream: Bool { version >= 0x00c1 }

  /// Reads the block, or returns nil if it isn't one of any version of Word.
  init?(parsing span: inout ByteSpan) throws(ReadError) {
    let identifier = try UInt16(parsingLittleEndian: &span)
    guard Self.isIdentifier(identifier) else { return nil }
    version = try UInt16(parsingLittleEndian: &span)
    try span.skip(6)  // unused, language, offset of AutoText
    let flags = try UInt16(parsingLittleEndian: &span)
    isEncrypted = flags & 0x0100 != 0
    usesTable1 = flags & 0x0200 != 0
  }

  /// 0xA5EC since Word 97, 0xA5DC in Word 6 and 95, and some near them in East Asian editions.
  private static func isIdentifier(_ value: UInt16) -> Bool { value >> 8 == 0xa5 || value >> 8 == 0xa6 }

  /// Whether a stream of Word 6 or later seems to begin here.
  static func isStart(_ span: borrowing ByteSpan, at index: Int) -> Bool {
    guard span[index] == 0xec || span[index] == 0xdc, span[index + 1] == 0xa5,
      let low = span[index + 2], let high = span[index + 3]
    else { return false }
    return (0x60...0x120).contains(UInt16(high) << 8 | UInt16(low))
  }
}

extension OLE {
  static func readWord(
    _ file: CompoundFile, _ damage: inout Damage, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    let hasProject = file.directory.hasStorage(.macros, with: .vba)
    if hasProject { reading.facts.hasMacros = true }
    guard
      let stream = try damage.mainStream(.wordDocument, of: file, in: &window, into: &reading),
      let place = stream.place(of: 0)
    else { return }
    let head = try stream.bytes(at: 0, count: 32, in: &window)
    guard head.count == 32 else { return }
    var span = ByteSpan(head.span.bytes, at: place.offset)
    guard let document = try WordDocument(parsing: &span) else {
      if !damage.isFound {
        damage.add(
          Fault(
            "word-identifier", clause: "MS-DOC 2.5.2", at: place.offset,
            "The document doesn't start with the Word signature.", expected: "0xa5ec"),
          to: &reading)
      }
      return
    }
    // Rights management puts the real content in a separate stream.
    reading.facts.encrypted =
      document.isEncrypted || file.directory.rootEntry(.protectedContent) != nil
    // Before Word 97, macros were among the document's own tables.
    guard document.hasTableStream else { return }
    if !damage.isFound { reading.facts.hasMacros = hasProject }
    let table: CompoundName = document.usesTable1 ? .table1 : .table0
    if try damage.mainStream(table, of: file, in: &window, into: &reading) == nil, !damage.isFound {
      damage.add(
        Fault(
          "table-stream-missing", clause: "MS-DOC 2.1.2", at: place.offset + 10,
          "The document refers to a missing table stream.",
          expected: document.usesTable1 ? "1Table" : "0Table"), to: &reading)
    }
  }
}
