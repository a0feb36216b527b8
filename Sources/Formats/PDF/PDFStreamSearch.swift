// ISO 32000-2:2020, 7.3.8 "Stream objects".

internal import PreflightFacts
internal import PreflightBytes

/// A stream: a dictionary, and data.
struct PDFStream {
  /// Where its object begins, after its `obj`.
  let object: UInt64
  let dictionary: PDFDictionary
  /// Where its data is in the file.
  let data: Range<UInt64>
  /// Whether `data` is as long as the dictionary says. If not, it extends to `endstream`, so there may be a line end at
  /// its end.
  let isExact: Bool
}

/// Finds the streams of a document, in the order of the file. The cross-reference isn't needed for that, since every
/// stream follows its dictionary.
struct PDFStreamSearch {
  /// Where something may be a stream.
  struct Place {
    /// Where its object begins, after its `obj`.
    let object: UInt64
    /// Where its `stream` keyword ends.
    let token: UInt64
  }

  private static let blockSize = 32 << 10

  /// The most bytes that a token takes which may be cut by the end of a block.
  private static let overlap = 16

  /// Where to look for the next one.
  private(set) var position: UInt64

  /// Where the last object began, after its `obj`.
  private var object: UInt64?
  /// Where the last `%PDF-` is that isn't in a stream.
  private(set) var header: UInt64?
  /// From where on no `endstream` follows.
  private var lastKeyword = UInt64.max

  init(from position: UInt64) { self.position = position }

  /// The next place where a `stream` keyword follows the beginning of an object.
  mutating func next(in window: inout ByteWindow) throws(ReadError) -> Place? {
    while position < window.byteCount {
      let block = try window.available(at: position, upTo: Self.blockSize)
      guard let token = nextToken(block) else {
        position += UInt64(max(1, block.remaining - Self.overlap))
        continue
      }
      position = token
      guard let start = object else { continue }
      object = nil
      return Place(object: start, token: token)
    }
    return nil
  }

  /// The offset after the next `stream` keyword; nil if the block has none. Notes where objects and documents begin on the
  /// way.
  private mutating func nextToken(_ span: borrowing ByteSpan) -> UInt64? {
    var index = 0
    while let byte = span[index] {
      if byte == UInt8(ascii: "j"), span.has("obj", at: index - 2), span[index - 3] != UInt8(ascii: "d") {
        object = span.base + UInt64(index + 1)
      } else if byte == UInt8(ascii: "m"), span.has("stream", at: index - 5),
        span[index - 6]?.isPDFRegular != true,
        let after = span[index + 1], after == 0x0d || after == 0x0a || after == 0x20
      {
        return span.base + UInt64(index + 1)
      } else if byte == UInt8(ascii: "%"), span.has("%PDF-", at: index) {
        header = span.base + UInt64(index)
      }
      index += 1
    }
    return nil
  }

  /// The stream at a place, behind which the search goes on; nil if there is none.
  mutating func stream(at place: Place, in window: inout ByteWindow) throws(ReadError) -> PDFStream? {
    guard place.token - place.object < UInt64(Limits.PDF.object) else { return nil }
    // Not a byte more, so that each byte of a file is parsed once.
    var lexer = PDFLexer(
      try window.available(at: place.object, upTo: Int(place.token - place.object) + 3), isWhole: true)
    guard let dictionary = try? lexer.object().dictionary, lexer.skipStreamKeyword(),
      lexer.offset >= place.token
    else { return nil }
    let start = lexer.offset
    let declaredEnd = try Self.declaredEnd(of: dictionary, from: start, in: &window)
    var end = declaredEnd
    if end == nil, start < lastKeyword { end = try Self.keyword(from: start, in: &window) }
    guard let end else {
      lastKeyword = min(lastKeyword, start)
      position = start
      return nil
    }
    position = end
    return PDFStream(
      object: place.object, dictionary: dictionary, data: start..<end, isExact: declaredEnd != nil)
  }

  /// The end by the stream's length, if the keyword is there.
  private static func declaredEnd(
    of dictionary: PDFDictionary, from start: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    guard let length = dictionary[.length]?.integer.flatMap(UInt64.init(exactly:)) else { return nil }
    let (end, overflow) = start.addingReportingOverflow(length)
    guard !overflow else { return nil }
    var lexer = PDFLexer(try window.available(at: end, upTo: 16), isWhole: true)
    lexer.skipWhitespace()
    return lexer.skipKeyword("endstream") ? end : nil
  }

  /// Where the next `endstream` is.
  private static func keyword(
    from start: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    var position = start
    while true {
      let span = try window.available(at: position, upTo: blockSize)
      if let index = span.firstIndex(of: "endstream") { return position + UInt64(index) }
      guard span.remaining > overlap else { return nil }
      position += UInt64(span.remaining - overlap)
    }
  }
}
