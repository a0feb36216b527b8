// ISO 32000-2:2020, 7.4 "Filters".

internal import PreflightFacts
internal import PreflightBytes

/// Decodes the streams of a document, in the order of the file: the pages, and their fonts and images. Only objects in
/// use count: an update leaves the old ones in the file.
///
/// Streams are decoded to their end and their checksum, JPEG images walked through, and the operators of the pages
/// looked for. Other data is searched for holes.
struct PDFContent {
  private static let blockSize: UInt64 = 32 << 10

  /// The document, which knows which objects are in use.
  private var document: PDFDocument
  private let tail: PDFTail

  /// What was decompressed so far.
  private var unpackedByteCount = 0
  /// How many blocks of progressive images may be walked through.
  private var blocks = Limits.JPEG.progressiveBlocks
  /// How many damaged streams aren't in use.
  private var unusedStreams = 0

  private var contents: PDFPageContents
  private var transfer: PDFTransfer

  init(_ document: PDFDocument, _ contents: Set<UInt64>, _ transfer: PDFTransfer, _ tail: PDFTail) {
    self.document = document
    self.contents = PDFPageContents(contents)
    self.transfer = transfer
    self.tail = tail
  }

  /// Decodes the streams in use, from the header to the end of the file.
  mutating func decode(
    in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    var search = PDFStreamSearch(from: document.header)
    // Where the last stream ended.
    var gap = document.header
    while let place = try search.next(in: &window) {
      let start = place.object
      if let hole = try PDFTransfer.hole(in: gap..<start, of: &window) { return reading.add(hole) }
      var inStream = Reading()
      if let stream = try search.stream(at: place, in: &window) {
        try decode(stream, in: &window, into: &inStream)
      }
      gap = search.position
      for part in inStream.unchecked { reading.leaveUnchecked(part) }
      if let fault = inStream.faults.first {
        if try document.isCurrent(objectEndingAt: start, in: &window) { return reading.add(fault) }
        unusedStreams += 1
      }
      if unusedStreams > Limits.PDF.unusedStreams {
        let limit = "\(Limits.PDF.unusedStreams) damaged streams that aren't in use"
        return reading.leaveUnchecked(
          UncheckedPart("the rest of the streams", limit: limit, at: search.position))
      }
      if unpackedByteCount > Limits.PDF.contentByteCount {
        let size = Limits.size(Limits.PDF.contentByteCount)
        return reading.leaveUnchecked(
          UncheckedPart("the rest of the streams", limit: "\(size) decompressed", at: search.position))
      }
    }
    // Behind the last `startxref` there may be padding.
    let end = tail.startxref ?? window.byteCount
    if gap < end, let hole = try PDFTransfer.hole(in: gap..<end, of: &window) { return reading.add(hole) }
    if let fault = transfer.faultOfText ?? transfer.faultOfLineEnds { return reading.add(fault) }
    if let header = search.header, let fault = try tail.faultOfJoin(at: header, of: document, in: &window) {
      return reading.add(fault)
    }
    if let fault = try contents.faultOfMissing(in: &document, &window) { reading.add(fault) }
  }

  private mutating func decode(
    _ stream: PDFStream, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let (dictionary, data) = (stream.dictionary, stream.data)
    // The data of an external stream isn't here (7.3.8.2).
    if dictionary[.f] != nil { return }
    let length = stream.isExact ? nil : dictionary[.length]?.integer
    if document.isEncrypted {
      return try encrypted(data, dictionary, length: length, &window, into: &reading)
    }
    let isContent = try contents.contains(objectAt: stream.object, in: &window)
    var chain = PDFFilterChain(dictionary, upTo: Limits.PDF.contentByteCount - unpackedByteCount) {
      switch $0 {
      case nil: isContent ? Limits.PDF.operators : 0
      case .some(let filter): PDFImages.filters.contains(filter) ? Limits.PDF.image : 0
      }
    }
    if chain.hasMoreThanAreUndone {
      let limit = "\(Limits.PDF.filters) filters"
      reading.leaveUnchecked(
        UncheckedPart("streams with more than \(limit)", limit: limit, at: data.lowerBound))
    }
    if chain.first == nil, dictionary[.subtype]?.name == "Image" {
      if let fault = transfer.fault(ofLength: length, data: data) { return reading.add(fault) }
      if let fault = try PDFTransfer.faultOfLineEnds(ofLength: length, image: data, in: &window) {
        return reading.add(fault)
      }
    }
    // Neither the codes of other filters nor operators have such runs. An image, a font or an attachment may contain
    // anything.
    let hasOperators = chain.first == nil && (isContent || dictionary[.subtype]?.name == "Form")
    if hasOperators || ![nil, "FlateDecode", "DCTDecode"].contains(chain.first),
      let hole = try PDFTransfer.hole(in: data, of: &window, isContent: hasOperators)
    {
      return reading.add(hole)
    }
    if let damage = try decode(data, isExact: stream.isExact, with: &chain, in: &window) {
      return reading.add(damage)
    }
    if chain.isExhausted || chain.isOpaque { return }
    if dictionary[.subtype]?.name == "Image",
      let fault = PDFImages.fault(of: dictionary, behind: chain, at: data)
    {
      return reading.add(fault)
    }
    try image(in: data, decodedBy: chain, &window, into: &reading)
    if reading.faults.isEmpty, transfer.isShifted, chain.isEmpty, chain.remaining == "DCTDecode",
      let fault = try faultOfMissing(stream, in: &window)
    {
      return reading.add(fault)
    }
    if isContent, reading.faults.isEmpty {
      let head = try window.available(at: data.lowerBound, upTo: min(data.count, Limits.PDF.operators))
      let bytes = chain.isEmpty ? (0..<head.remaining).compactMap { head[$0] } : chain.output
      let fault = PDFPageContents.fault(of: bytes, behind: chain.remaining, at: data.lowerBound)
      if let fault { reading.add(fault) }
    }
  }

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

  /// The fault of a JPEG that is shorter than its length, and than its size needs. One that was put in the place of a
  /// longer one is whole.
  private mutating func faultOfMissing(
    _ stream: PDFStream, in window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    let length = try document.resolve(stream.dictionary[.length], in: &window)?.integer
    guard !stream.isExact, let fault = transfer.fault(ofLength: length, data: stream.data) else { return nil }
    var within = Reading()
    try JPEG.walkScans(in: stream.data, blocks: &blocks, isEntire: true, &window, into: &within)
    return within.faults.isEmpty ? nil : fault
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
    if let hole = try PDFTransfer.hole(in: data, of: &window) { return reading.add(hole) }
    if let fault = transfer.fault(ofLength: length, data: data) { return reading.add(fault) }
    try transfer.count(data, in: &window)
  }
}

extension Fault {
  fileprivate func moved(to offset: UInt64) -> Fault {
    Fault(name, clause: clause, at: offset, message, expected: expected, actual: actual)
  }
}
