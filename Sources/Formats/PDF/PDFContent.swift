// ISO 32000-2:2020, 7.3.8 "Stream objects", 7.4.8 "DCTDecode filter", 7.8.2 "Content streams".

internal import PreflightFacts
internal import PreflightBytes

/// Decodes the streams of a document, in the order of the file: the pages, and their fonts and images. The
/// cross-reference isn't needed for that, since every stream follows its dictionary, but only objects in use count: an
/// update leaves the old ones in the file.
///
/// Streams are decoded to their end and their checksum, JPEG images walked through, and the operators of the pages
/// looked for. Other data is searched for holes.
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
  /// The numbers of the streams with which the contents of pages begin.
  private let contents: Set<UInt64>
  /// Those that were met.
  private var found: Set<UInt64> = []

  private var transfer: PDFTransfer

  init(_ document: PDFDocument, _ contents: Set<UInt64>, _ transfer: PDFTransfer, upTo end: UInt64) {
    self.document = document
    self.contents = contents
    self.transfer = transfer
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
      var inStream = Reading()
      position = try stream(of: start, upTo: token, in: &window, into: &inStream)
      gap = position
      for part in inStream.unchecked { reading.leaveUnchecked(part) }
      if let fault = inStream.faults.first {
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
    if gap < end, let hole = try Self.hole(in: gap..<end, of: &window) { return reading.add(.hole(at: hole)) }
    if let fault = transfer.faultOfLineEnds { return reading.add(fault) }
    for number in contents.subtracting(found).sorted().prefix(Limits.PDF.contents) {
      guard let loaded = try document.load(number, in: &window), loaded.streamOffset == nil,
        loaded.object?.dictionary?.isEmpty == false
      else { continue }
      return reading.add(
        Fault(
          "page-content", clause: "PDF 7.7.3.3", at: loaded.offset,
          "The content of a page isn't a stream, so the page is blank.", expected: "a content stream",
          actual: "a dictionary"))
    }
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
    // The data of an external stream isn't here (7.3.8.2).
    if dictionary[.f] != nil { return end }
    let length = declaredEnd == nil ? dictionary[.length]?.integer : nil
    if document.isEncrypted {
      try encrypted(start..<end, dictionary, length: length, &window, into: &reading)
      return end
    }
    let isContent = try isContent(objectAt: object, in: &window)
    var chain = PDFFilterChain(dictionary, upTo: Limits.PDF.contentByteCount - unpackedByteCount) {
      switch $0 {
      case nil: isContent ? Limits.PDF.operators : 0
      case .some(let filter): PDFImages.filters.contains(filter) ? Limits.PDF.image : 0
      }
    }
    if chain.hasMoreThanAreUndone {
      let limit = "\(Limits.PDF.filters) filters"
      reading.leaveUnchecked(UncheckedPart("streams with more than \(limit)", limit: limit, at: start))
    }
    if chain.first == nil, dictionary[.subtype]?.name == "Image" {
      var fault = transfer.fault(ofLength: length, data: start..<end)
      if fault == nil {
        fault = try PDFTransfer.faultOfLineEnds(ofLength: length, image: start..<end, in: &window)
      }
      if let fault {
        reading.add(fault)
        return end
      }
    }
    let isText = try Self.isText(window.available(at: start, upTo: 1))
    // Neither the codes of other filters nor a page's operators have such runs. An image, a font or an attachment may
    // contain anything.
    if chain.first != nil || isText, chain.first != "FlateDecode", chain.first != "DCTDecode",
      let hole = try Self.hole(in: start..<end, of: &window)
    {
      reading.add(.hole(at: hole))
      return end
    }
    if let damage = try decode(start..<end, isExact: declaredEnd != nil, with: &chain, in: &window) {
      reading.add(damage)
      return end
    }
    if chain.isExhausted || chain.isOpaque { return end }
    try image(in: start..<end, decodedBy: chain, &window, into: &reading)
    if isContent, reading.faults.isEmpty {
      let head = try window.available(at: start, upTo: Int(min(end - start, UInt64(Limits.PDF.operators))))
      let bytes = chain.isEmpty ? (0..<head.remaining).compactMap { head[$0] } : chain.output
      if let fault = Self.fault(ofContent: bytes, behind: chain.remaining, at: start) { reading.add(fault) }
    }
    return end
  }

  // MARK: Data

  /// Decodes the data of a stream; returns its damage.
  ///
  /// - Parameter isExact: Whether the range is the data alone, or also the line end after it.
  private mutating func decode(
    _ data: Range<UInt64>, isExact: Bool, with chain: inout PDFFilterChain, in window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    if chain.isEmpty { return nil }
    var position = data.lowerBound
    while position < data.upperBound, chain.damage == nil, !chain.isExhausted {
      let block = try window.block(at: position, upTo: min(Self.blockSize, data.upperBound - position))
      if block.remaining == 0 { break }
      position += UInt64(block.remaining)
      chain.decode(block)
    }
    chain.finish(isExact: isExact)
    unpackedByteCount += chain.byteCount
    guard let damage = chain.damage else { return nil }
    let isFlate = damage.filter == "FlateDecode"
    return Fault(
      isFlate ? "compressed-stream" : "encoded-stream", clause: "PDF 7.4",
      at: data.lowerBound + UInt64(damage.offset),
      "The \(isFlate ? "compressed" : "encoded") data of a stream is corrupt or incomplete: a page, a font or an image is blank or damaged.",
      expected: "data \(isFlate ? "compressed" : "encoded") with \(damage.filter)")
  }

  /// Checks an image, which may be in the file or behind other filters.
  private mutating func image(
    in data: Range<UInt64>, decodedBy chain: PDFFilterChain, _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    guard let filter = chain.remaining, PDFImages.filters.contains(filter) else { return }
    if chain.isEmpty { return try image(in: data, compressedWith: filter, &window, into: &reading) }
    if chain.isCut {
      let size = Limits.size(Limits.PDF.image)
      return reading.leaveUnchecked(
        UncheckedPart("images of more than \(size) behind other filters", limit: size, at: data.lowerBound))
    }
    var decoded = ByteWindow(MemorySource(chain.output))
    var within = Reading()
    try image(in: 0..<decoded.byteCount, compressedWith: filter, &decoded, into: &within)
    for part in within.unchecked { reading.leaveUnchecked(part) }
    // Where in the file a decoded byte comes from isn't known.
    for fault in within.faults { reading.add(fault.moved(to: data.lowerBound)) }
  }

  private mutating func image(
    in data: Range<UInt64>, compressedWith filter: String, _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    if let fault = try PDFImages.fault(in: data, compressedWith: filter, &window) {
      return reading.add(fault)
    }
    if filter == "DCTDecode" { try JPEG.walkScans(in: data, blocks: &blocks, &window, into: &reading) }
  }

  /// Looks for what shows without decrypting the data.
  ///
  /// - Parameter length: The length of the data if it is wrong.
  private mutating func encrypted(
    _ data: Range<UInt64>, _ dictionary: PDFDictionary, length: Int?, _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    // A cross-reference isn't encrypted, nor are metadata and other streams that state it (7.6.2, 7.6.6).
    let filters = PDFStreamDecoder.filters(of: dictionary)
    if dictionary[.w] != nil || dictionary[.subtype]?.name == "XML" { return }
    if filters.contains(where: { $0.name == nil || $0.name == "Crypt" }) { return }
    if let hole = try Self.hole(in: data, of: &window) { return reading.add(.hole(at: hole)) }
    if let fault = transfer.fault(ofLength: length, data: data) { return reading.add(fault) }
    try transfer.count(data, in: &window)
  }

  // MARK: Pages

  /// Whether the object that begins at an offset, after its `obj`, is the content of a page.
  private mutating func isContent(objectAt object: UInt64, in window: inout ByteWindow) throws(ReadError)
    -> Bool
  {
    if contents.isEmpty { return false }
    guard let header = try window.pdfObjectHeader(endingAt: object) else { return false }
    var lexer = PDFLexer(try window.available(at: header, upTo: 20), isWhole: true)
    guard let number = lexer.unsignedInteger() else { return false }
    guard contents.contains(number) else { return false }
    found.insert(number)
    return true
  }

  /// Why viewers show nothing of a page's content; nil if they may.
  ///
  /// - Parameter filter: The filter that isn't undone.
  private static func fault(
    ofContent bytes: [UInt8], behind filter: String?, at offset: UInt64
  ) -> Fault? {
    if let filter {
      return PDFFilterChain.isKnown(filter)
        ? nil
        : Fault(
          "unknown-filter", clause: "PDF 7.4.1", at: offset,
          "The content of a page has a filter that viewers don't know, so the page is blank.",
          expected: "a filter of PDF", actual: filter)
    }
    guard PDFOperators.areMissing(in: bytes, isCut: bytes.count == Limits.PDF.operators) else { return nil }
    return Fault(
      "page-content", clause: "PDF 7.8.2", at: offset,
      "The content stream of a page holds other data, so the page is blank.",
      expected: "operators")
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
  fileprivate func moved(to offset: UInt64) -> Fault {
    Fault(name, clause: clause, at: offset, message, expected: expected, actual: actual)
  }

  fileprivate static func hole(at offset: UInt64) -> Fault {
    Fault(
      "hole", clause: "PDF 7.2.3", at: offset,
      "Part of the document is missing: there is a run of NULs in place of its objects or their data.")
  }
}
