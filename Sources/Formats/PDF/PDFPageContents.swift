// ISO 32000-2:2020, 7.7.3.3 "Page objects" and 7.8.2 "Content streams".

internal import PreflightFacts
internal import PreflightBytes

/// The streams with which the contents of pages begin.
struct PDFPageContents {
  /// The numbers of their objects.
  private let numbers: Set<UInt64>
  /// Those that were met.
  private var found: Set<UInt64> = []

  init(_ numbers: Set<UInt64>) { self.numbers = numbers }

  /// Whether the object that begins at an offset, after its `obj`, is the content of a page. Notes that it was met.
  mutating func contains(objectAt object: UInt64, in window: inout ByteWindow) throws(ReadError) -> Bool {
    if numbers.isEmpty { return false }
    guard let header = try window.pdfObjectHeader(endingAt: object) else { return false }
    var lexer = PDFLexer(try window.available(at: header, upTo: 20), isWhole: true)
    guard let number = lexer.unsignedInteger(), numbers.contains(number) else { return false }
    found.insert(number)
    return true
  }

  /// Why viewers show nothing of a page's content; nil if they may.
  ///
  /// - Parameters:
  ///   - bytes: Its first bytes.
  ///   - filter: The filter that isn't undone.
  static func fault(of bytes: [UInt8], behind filter: String?, at offset: UInt64) -> Fault? {
    if let filter {
      guard PDFFilterChain.isKnown(filter) else {
        return Fault(
          "unknown-filter", clause: "PDF 7.4.1", at: offset,
          "The content of a page has a filter that viewers don't know, so the page is blank.",
          expected: "a filter of PDF", actual: filter)
      }
      return PDFImages.filters.contains(filter) ? other(at: offset, actual: filter) : nil
    }
    guard PDFOperators.areMissing(in: bytes, isCut: bytes.count == Limits.PDF.operators) else { return nil }
    return other(at: offset)
  }

  private static func other(at offset: UInt64, actual: String? = nil) -> Fault {
    Fault(
      "page-content", clause: "PDF 7.8.2", at: offset,
      "The content stream of a page holds other data, so the page is blank.", expected: "operators",
      actual: actual)
  }

  /// The fault of a content that wasn't met, since its object isn't a stream.
  func faultOfMissing(
    in document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    for number in numbers.subtracting(found).sorted().prefix(Limits.PDF.contents) {
      guard let loaded = try document.load(number, in: &window) else {
        // Some writers mean nothing by it.
        if number == 0 { continue }
        return Fault(
          "page-content", clause: "PDF 7.7.3.3", at: nil,
          "The content of a page isn't in the document, so the page is blank.", expected: "object \(number)",
          actual: "nothing")
      }
      guard loaded.streamOffset == nil,
        loaded.object?.dictionary?.isEmpty == false
      else { continue }
      return Fault(
        "page-content", clause: "PDF 7.7.3.3", at: loaded.offset,
        "The content of a page isn't a stream, so the page is blank.", expected: "a content stream",
        actual: "a dictionary")
    }
    return nil
  }
}
