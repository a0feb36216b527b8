package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let jpeg = Format(
    "JPEG", reader: JPEG.self, hiding: .media,
    mediaTypes: [
      .init(
        .jpeg, "a JPEG image", .image, extensions: ["jpg", "jpeg", "jpe", "jfif", "jif", "mpo"],
        aliases: ["image/jpg", "image/pjpeg"], isConfirmedByReader: true, isShownByBrowsers: true),
      .init("image/jls", "a JPEG-LS image", .image, extensions: ["jls"]),
    ])
}

extension MediaType {
  /// JPEG.
  package static let jpeg: MediaType = "image/jpeg"
}

/// JPEG: ITU-T T.81 (09/1992), with the segments that JFIF 1.02, Exif 2.32 and CIPA DC-007 put into it.
///
/// Yields the frame's size, precision, colors and process, the Exif orientation and GPS coordinates, and
/// where the image really ends. The Adobe segment (APP14) says how three or four components encode RGB or
/// CMYK, not which of the two they encode, so it isn't needed.
enum JPEG: FormatReader {
  private static let startOfImage: [UInt8] = [0xff, 0xd8, 0xff]

  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard try window.available(at: 0, upTo: 3).has(startOfImage) else { return }
    reading.mediaType = "image/jpeg"
    var image = JPEGImage()
    var position: UInt64 = 2
    while let marker = try JPEGMarker(in: &window, from: position) {
      image.noteEntropyCodedData(position..<marker.offset, into: &reading)
      if marker.code == JPEGMarker.endOfImage {
        if let fault = image.incompleteness(at: marker.offset) { reading.add(fault) }
        if image.otherImagesEnd > window.byteCount, try isCut(&window, after: marker.end) {
          reading.addTruncation(
            of: "another image stored after this one", clause: "CIPA DC-007 5.2.3",
            at: window.byteCount)
        }
        return try reading.noteTrailingData(&window, after: max(marker.end, image.otherImagesEnd))
      }
      guard marker.hasKnownSegment else { return reading.add(.unknownMarker(marker)) }
      let length = try window.bigEndian(UInt16.self, at: marker.end)
      if length < 2, marker.isTable { return reading.add(.segmentLength(marker, "≥ 2")) }
      // In segments that they don't read, decoders treat a length of 0 or 1 as 2.
      let segmentEnd = marker.end + UInt64(max(2, length))
      guard segmentEnd <= window.byteCount else {
        return reading.addTruncation(
          of: "the segment \(marker)", clause: "T.81 B.1.1.4", at: window.byteCount)
      }
      if image.needs(marker) {
        let start = marker.end + 2
        let segment = try window.span(at: start, count: segmentEnd - start)
        if let fault = image.take(marker, segment, into: &reading) { return reading.add(fault) }
        if image.isUnreadable { return }
        if image.isLosslessStandard {
          reading.mediaType = "image/jls"
          return
        }
      }
      position = segmentEnd
    }
    reading.addTruncation(
      of: image.scans == 0 ? "the image headers" : "the image, before its end-of-image marker",
      clause: "T.81 B.2.1", at: window.byteCount)
  }

  static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    var blocks = Limits.JPEG.progressiveBlocks
    try walkScans(in: 0..<window.byteCount, blocks: &blocks, &window, into: &reading)
  }

  /// Walks through the data of every scan of the image in a range of the file.
  ///
  /// - Parameters:
  ///   - blocks: How many blocks of progressive scans may be walked through, and are left.
  ///   - isEntire: Whether not even the few units may be missing that some encoders omit.
  static func walkScans(
    in range: Range<UInt64>, blocks: inout Int, isEntire: Bool = false, _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    let walk = JPEGScanWalk(end: range.upperBound, isEntire: isEntire)
    do { try Self.walk(range, walk, blocks: &blocks, &window, into: &reading) } catch {
      // A structure that ends early is a matter of `read`; an image in a document may lack its end.
      if case .endOfData = error.reason { return }
      throw error
    }
  }

  private static func walk(
    _ range: Range<UInt64>, _ walk: consuming JPEGScanWalk, blocks: inout Int, _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    guard try window.available(at: range.lowerBound, upTo: 3).has(startOfImage) else { return }
    var position = range.lowerBound + 2
    while let marker = try JPEGMarker(in: &window, from: position), marker.end < range.upperBound,
      marker.code != JPEGMarker.endOfImage
    {
      let length = try window.bigEndian(UInt16.self, at: marker.end)
      let start = marker.end + 2
      position = marker.end + UInt64(max(2, length))
      switch marker.code {
      case JPEGMarker.huffmanTables: try walk.takeHuffman(window.span(at: start, count: position - start))
      case JPEGMarker.restartInterval: try walk.takeRestartInterval(window.span(at: start, count: 2))
      case JPEGMarker.startOfScan:
        var segment = try window.span(at: start, count: position - start)
        let header = try JPEGScanHeader(parsing: &segment)
        position = try walk.walk(header, from: position, blocks: &blocks, &window, into: &reading)
        if !reading.faults.isEmpty { return }
      case _ where marker.isFrame:
        if try !walk.takeFrame(marker, window.span(at: start, count: position - start)) { return }
      default: break
      }
    }
  }

  /// Whether an incomplete image starts at an offset. Programs that remove the other images, or shorten the
  /// headers before them, often leave the index unchanged.
  private static func isCut(_ window: inout ByteWindow, after offset: UInt64) throws(ReadError) -> Bool {
    guard try window.available(at: offset, upTo: 3).has(startOfImage) else { return false }
    return try !window.available(at: window.byteCount - 2, upTo: 2).has([0xff, JPEGMarker.endOfImage])
  }
}
