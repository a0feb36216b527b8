// ISO 32000-2:2020, 7.3.8 "Stream objects", 7.4.4 "LZWDecode and FlateDecode filters", 7.4.8 "DCTDecode filter".

internal import PreflightFacts
internal import PreflightBytes

/// Decodes the streams of a document, in the order of the file: the pages, and their fonts and images. The
/// cross-reference isn't needed for that, since every stream follows its dictionary, but only objects in use count: an
/// update leaves the old ones in the file.
///
/// Compressed streams are decompressed to their end and their checksum, and JPEG images walked through. Other data is
/// searched for holes.
struct PDFContent {
  private static let blockSize: UInt64 = 32 << 10

  /// The most bytes that a token takes which may be cut by the end of a block.
  private static let overlap = 16

  /// The document, which knows which objects are in use.
  private var document: PDFDocument
  /// Where its last objects end: behind the last `startxref` there may be padding.
  private let end: UInt64

  /// What was decompressed so far.
  private var unpackedByteCount = 0
  /// How many blocks of progressive images may be walked through.
  private var blocks = Limits.JPEG.progressiveBlocks
  /// How many damaged streams aren't in use.
  private var unusedStreams = 0
  /// From where on no `endstream` follows.
  private var lastKeyword = UInt64.max
  private var piece = [UInt8](repeating: 0, count: 64 << 10)

  init(_ document: PDFDocument, upTo end: UInt64) {
    self.document = document
    self.end = end
  }

  /// Decodes the streams in use, from the header to the end of the file.
  mutating func decode(
    in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    var position = document.header
    // Where the last stream ended.
    var gap = position
    // Where the last object began, after its `obj`.
    var object: UInt64?
    while position < window.byteCount {
      let block = try Self.next(from: position, object: &object, in: &window)
      guard let token = block.token else {
        position = block.end
        continue
      }
      position = token
      guard let start = object else { continue }
      object = nil
      if let hole = try Self.hole(in: gap..<start, of: &window) { return reading.add(.hole(at: hole)) }
      var found = Reading()
      position = try stream(of: start, upTo: token, in: &window, into: &found)
      gap = position
      for part in found.unchecked { reading.leaveUnchecked(part) }
      if let fault = found.faults.first {
        if try document.isCurrent(objectEndingAt: start, in: &window) { return reading.add(fault) }
        unusedStreams += 1
      }
      if unusedStreams > Limits.PDF.unusedStreams {
        let limit = "\(Limits.PDF.unusedStreams) damaged streams that aren't in use"
        return reading.leaveUnchecked(UncheckedPart("the rest of the streams", limit: limit, at: position))
      }
      if unpackedByteCount > Limits.PDF.contentByteCount {
        let size = Limits.size(Limits.PDF.contentByteCount)
        return reading.leaveUnchecked(
          UncheckedPart("the rest of the streams", limit: "\(size) decompressed", at: position))
      }
    }
    if gap < end, let hole = try Self.hole(in: gap..<end, of: &window) { reading.add(.hole(at: hole)) }
  }

  /// The offset after the next `stream` keyword in the block at an offset, and where to go on without one.
  private static func next(
    from position: UInt64, object: inout UInt64?, in window: inout ByteWindow
  ) throws(ReadError) -> (token: UInt64?, end: UInt64) {
    let span = try window.available(at: position, upTo: Int(blockSize))
    return (nextToken(span, object: &object), position + UInt64(max(1, span.remaining - overlap)))
  }

  /// The offset after the next `stream` keyword; nil if the block has none. Notes where objects begin on the way.
  private static func nextToken(_ span: borrowing ByteSpan, object: inout UInt64?) -> UInt64? {
    var index = 0
    while let byte = span[index] {
      if byte == UInt8(ascii: "j"), span.has("obj", at: index - 2), span[index - 3] != UInt8(ascii: "d") {
        object = span.base + UInt64(index + 1)
      } else if byte == UInt8(ascii: "m"), span.has("stream", at: index - 5),
        span[index - 6] != UInt8(ascii: "d"),
        let after = span[index + 1], after == 0x0d || after == 0x0a || after == 0x20
      {
        return span.base + UInt64(index + 1)
      }
      index += 1
    }
    return nil
  }

  /// Decodes the stream of an object.
  ///
  /// - Parameters:
  ///   - object: Where the object begins, after its `obj`.
  ///   - token: Where its `stream` keyword ends.
  /// - Returns: Where to look for the next one.
  private mutating func stream(
    of object: UInt64, upTo token: UInt64, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> UInt64 {
    guard token - object < UInt64(Limits.PDF.object) else { return token }
    // Not a byte more, so that each byte of a file is parsed once.
    var lexer = PDFLexer(
      try window.available(at: object, upTo: Int(token - object) + 3), isWhole: true)
    guard let dictionary = try? lexer.object().dictionary, lexer.skipStreamKeyword(), lexer.offset >= token
    else { return token }
    let start = lexer.offset
    let declaredEnd = try Self.declaredEnd(of: dictionary, from: start, in: &window)
    var end = declaredEnd
    if end == nil, start < lastKeyword { end = try Self.keyword(from: start, in: &window) }
    guard let end else {
      lastKeyword = min(lastKeyword, start)
      return start
    }
    switch PDFStreamDecoder.firstFilter(of: dictionary) {
    case "FlateDecode", "Fl":
      if let offset = try damage(inFlate: start..<end, isExact: declaredEnd != nil, in: &window) {
        reading.add(
          Fault(
            "compressed-stream", clause: "PDF 7.4.4", at: offset,
            "The compressed data of a stream is corrupt or incomplete: a page, a font or an image is blank or damaged.",
            expected: "data compressed with FlateDecode"))
      }
    case "DCTDecode", "DCT": try JPEG.walkScans(in: start..<end, blocks: &blocks, &window, into: &reading)
    case nil where try !Self.isText(window.available(at: start, upTo: 1)):
      // An image, a font or an attachment may contain anything.
      break
    default:
      // Neither the codes of the other filters nor a page's operators have such runs.
      if let hole = try Self.hole(in: start..<end, of: &window) { reading.add(.hole(at: hole)) }
    }
    return end
  }

  // MARK: Compressed data

  /// Where the data of a stream can't be decompressed; nil if it can.
  ///
  /// - Parameter isExact: Whether the range is the data alone, or also the line end after it.
  private mutating func damage(
    inFlate data: Range<UInt64>, isExact: Bool, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    // An empty stream has nothing to decompress.
    if data.upperBound - data.lowerBound <= 2 { return nil }
    let hasHeader = try Self.hasHeader(window.available(at: data.lowerBound, upTo: 2))
    if !hasHeader { return data.lowerBound }
    // Without zlib's wrapper: a checksum that is missing or cut is no damage.
    var inflate = Inflate(.none)
    var checksum = Adler32()
    var position = data.lowerBound + 2
    while unpackedByteCount <= Limits.PDF.contentByteCount {
      let (consumed, produced, status) = inflate.step(
        try window.block(at: position, upTo: min(Self.blockSize, data.upperBound - position)), into: &piece)
      unpackedByteCount += produced
      position += UInt64(consumed)
      checksum.update(piece.span.bytes.extracting(0..<produced))
      switch status {
      case .ended:
        // What is left of a checksum that was cut doesn't count.
        guard data.upperBound - position > (isExact ? 3 : 4) else { return nil }
        return try window.bigEndian(UInt32.self, at: position) == checksum.value ? nil : position
      case .more where consumed > 0 || produced > 0: continue
      case .more:
        // Some writers flush a stream instead of ending it, which leaves an empty block (RFC 1951, section 3.2.4).
        let isFlushed = try Self.isFlushed(before: data.upperBound, in: &window)
        return isFlushed ? nil : position
      case .damaged: return position
      }
    }
    return nil
  }

  /// Whether data begins with zlib's header (RFC 1950, section 2.2).
  private static func hasHeader(_ head: ByteSpan) -> Bool {
    guard let method = head[0], let flags = head[1] else { return false }
    return method & 0x0f == 8 && (UInt16(method) << 8 | UInt16(flags)) % 31 == 0
  }

  /// Whether the last block of a stream is an empty one without data, before at most a line end.
  private static func isFlushed(before end: UInt64, in window: inout ByteWindow) throws(ReadError) -> Bool {
    let tail = try window.available(at: end - min(end, 6), upTo: 6)
    return tail.has([0, 0, 0xff, 0xff]) || tail.has([0, 0, 0xff, 0xff], at: 1)
      || tail.has([0, 0, 0xff, 0xff], at: 2)
  }

  // MARK: Holes

  /// Whether data without a filter begins like text: operators, a font program in PostScript, or XML.
  private static func isText(_ head: ByteSpan) -> Bool {
    head[0].map { 0x20...0x7e ~= $0 || $0.isTextWhitespace } == true
  }

  /// The shortest run of NULs that is a hole: nothing in a document's text has as many.
  private static let holeByteCount = 256

  /// The offset of a run of NULs in a range; nil if there is none.
  private static func hole(in range: Range<UInt64>, of window: inout ByteWindow) throws(ReadError) -> UInt64?
  {
    var position = range.lowerBound
    var zeros = 0
    while position < range.upperBound {
      let span = try window.block(at: position, upTo: min(blockSize, range.upperBound - position))
      if span.remaining == 0 { return nil }
      for index in 0..<span.remaining {
        zeros = span[index] == 0 ? zeros + 1 : 0
        if zeros == holeByteCount { return position + UInt64(index + 1 - holeByteCount) }
      }
      position += UInt64(span.remaining)
    }
    return nil
  }

  // MARK: Where a stream ends

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
      let span = try window.available(at: position, upTo: Int(blockSize))
      if let index = span.firstIndex(of: "endstream") { return position + UInt64(index) }
      guard span.remaining > overlap else { return nil }
      position += UInt64(span.remaining - overlap)
    }
  }
}

extension Fault {
  fileprivate static func hole(at offset: UInt64) -> Fault {
    Fault(
      "hole", clause: "PDF 7.2.3", at: offset,
      "Part of the document is missing: there is a run of NULs in place of its objects or their data.")
  }
}
