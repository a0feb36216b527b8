// ISO 32000-2:2020, 7.5.5 "File trailer" and 7.5.6 "Incremental updates".

internal import PreflightFacts
internal import PreflightBytes

/// The end of a document: `startxref`, an offset, `%%EOF`, each on its own line. An update appends objects
/// and another end, so the last ones in the file count.
struct PDFTail {
  /// Where the last `startxref` is.
  private(set) var startxref: UInt64?

  /// The offset stated after it.
  private(set) var startOfCrossReference: UInt64?

  /// The offset of bytes that belong to no document.
  private(set) var trailingDataOffset: UInt64?

  /// The fault if the file is truncated before an end.
  private(set) var cut: Fault?

  /// Whether a `%%EOF` follows the last `startxref`. Readers don't need it if the offset is valid, so its
  /// absence alone is not a fault.
  private(set) var isMarked = true

  init(header: UInt64, in window: inout ByteWindow) throws(ReadError) {
    let size = window.byteCount
    startxref = try window.lastOccurrence(of: "startxref", before: size, from: header)
    // One before the last `startxref` ends an earlier revision.
    let marker = try window.lastOccurrence(of: "%%EOF", before: size, from: startxref ?? header)
    isMarked = marker != nil

    var end = marker.map { $0 + 5 }
    if let startxref {
      var lexer = PDFLexer(try window.available(at: startxref + 9, upTo: 64), isWhole: true)
      lexer.skipWhitespace()
      startOfCrossReference = lexer.unsignedInteger()
      end = end ?? lexer.offset
    }
    guard let end, isMarked || startOfCrossReference != nil else {
      cut = Self.truncation(at: size)
      return
    }
    if !isMarked, try Self.isBeginningOfMarker(at: end, in: &window) {
      cut = Self.truncation(at: size)
    } else if let next = try Self.firstByteThatCounts(from: end, in: &window) {
      if try Self.isBeginningOfUpdate(at: next, in: &window) {
        cut = Self.truncation(at: size)
      } else {
        trailingDataOffset = next
      }
    }
  }

  static func truncation(at end: UInt64) -> Fault {
    Fault(
      "truncated", clause: "PDF 7.5.5", at: end,
      "The document is truncated: the end of the file (startxref and %%EOF) is missing.",
      expected: "startxref and %%EOF on the last lines", actual: "end of file")
  }

  /// The fault of a document behind another one in the same file: `header` is behind an end, and the last `startxref`
  /// counts from there. That of an update counts from the file's first header.
  func faultOfJoin(
    at header: UInt64, of document: PDFDocument, in window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    // A document that follows itself is shown as it is.
    guard document.isRebuilt, header > document.header, let startxref, let start = startOfCrossReference,
      start > 0,
      case let (place, overflow) = header.addingReportingOverflow(start), !overflow, place < startxref,
      try Self.isEnd(before: header, in: &window),
      try PDFDocument.isCrossReference(at: place, in: &window)
    else { return nil }
    return Fault(
      "joined-documents", clause: "PDF 7.5.1", at: header,
      "Another document follows the end of the first one, so viewers show the pages of one of them, or none.",
      expected: "one document")
  }

  /// Whether `%%EOF` and white space precede an offset.
  private static func isEnd(before offset: UInt64, in window: inout ByteWindow) throws(ReadError) -> Bool {
    let span = try window.available(at: offset - min(offset, 64), upTo: Int(min(offset, 64)))
    var end = span.remaining
    while let byte = span[end - 1], byte.isPDFWhitespace { end -= 1 }
    return span.has("%%EOF", at: end - 5)
  }

  /// Whether the rest of the file is only a part of `%%EOF`.
  private static func isBeginningOfMarker(
    at offset: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    let rest = try window.available(at: offset, upTo: 16)
    guard rest.remaining < 16 else { return false }
    var index = 0
    while let byte = rest[index], byte.isPDFWhitespace { index += 1 }
    let marker: StaticString = "%%EOF"
    let length = rest.remaining - index
    guard (1..<5).contains(length) else { return false }
    for i in 0..<length where rest[index + i] != marker.utf8Start[i] { return false }
    return true
  }

  /// The first byte from `offset` on that is not white space, padding or comment.
  private static func firstByteThatCounts(
    from offset: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    let endOfText: UInt8 = 0x1a
    var position = offset
    var isComment = false
    while true {
      let span = try window.available(at: position, upTo: 16 << 10)
      guard span.remaining > 0 else { return nil }
      for index in 0..<span.remaining {
        guard let byte = span[index] else { break }
        if byte == 0x0a || byte == 0x0d {
          isComment = false
        } else if byte == UInt8(ascii: "%") {
          isComment = true
        } else if !isComment, !byte.isPDFWhitespace, byte != endOfText {
          return position + UInt64(index)
        }
      }
      position += UInt64(span.remaining)
    }
  }

  /// Whether an update starts here that has no end, or the previous marker was that of an embedded document,
  /// and this one continues.
  private static func isBeginningOfUpdate(
    at offset: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    let span = try window.available(at: offset, upTo: 64)
    let endsHere = span.remaining < 64
    var lexer = PDFLexer(span, isWhole: true)
    if lexer.skipKeyword("xref") || lexer.skipKeyword("endstream") || lexer.skipKeyword("endobj") {
      return true
    }
    if lexer.objectHeader() != nil { return true }
    guard endsHere else { return false }
    // The update may be truncated within its first words, such as `7 0 o`.
    let words: [StaticString] = ["xref", "obj"]
    while lexer.unsignedInteger() != nil { lexer.skipWhitespace() }
    for word in words {
      var length = 0
      while length < word.utf8CodeUnitCount, lexer.peek(length) == word.utf8Start[length] {
        length += 1
      }
      if lexer.peek(length) == nil { return true }
    }
    return false
  }
}
