internal import PreflightBytes

/// Takes the coordinates out of a file's metadata. All else stays, above all the orientation, without which a photo
/// would lie on its side.
enum PlaceOut {
  static func splice(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    let head = try window.bytes(at: 0, count: Int(min(12, window.byteCount)))
    if head.starts(with: [0xff, 0xd8]) { return try jpeg(&window) }
    if head.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return try png(&window) }
    if head.starts(with: "RIFF".utf8) { return try webP(&window) }
    return try PlaceOutOfMovie.splice(&window)
  }

  // MARK: JPEG

  /// The segments before the first scan (ITU-T T.81, B.1.1.4): Exif in an APP1 segment, and XMP in others.
  private static func jpeg(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    var splice = Splice()
    splice.append(0..<2)
    var offset: UInt64 = 2
    while true {
      let head = try window.bytes(at: offset, count: 4)
      guard head[0] == 0xff else { throw .inconsistent }
      // Fill bytes may precede a marker.
      if head[1] == 0xff {
        splice.append(offset..<offset + 1)
        offset += 1
        continue
      }
      if head[1] == 0xda { break }
      let length = UInt64(head[2]) << 8 | UInt64(head[3])
      guard length >= 2, length <= window.byteCount - offset - 2 else { throw .pastEnd }
      let range = offset..<offset + 2 + length
      offset = range.upperBound
      guard head[1] == 0xe1 else {
        splice.append(range)
        continue
      }
      let body = try window.bytes(at: range.lowerBound + 4, count: Int(length) - 2)
      if body.count >= 6, body.starts(with: "Exif\0".utf8) {
        splice.append(range.lowerBound..<range.lowerBound + 10)
        splice.append(try withoutPlace(Array(body.dropFirst(6))))
      } else if !body.starts(with: "http://ns.adobe.com/x".utf8) {
        splice.append(range)
      }
    }
    splice.append(offset..<window.byteCount)
    return splice
  }

  // MARK: PNG

  /// Exif in `eXIf` (PNG, 11.3.3.3), XMP in `iTXt`, and what older programs write as text.
  private static func png(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    var splice = Splice()
    splice.append(0..<8)
    try PNGChunks.forEach(in: &window) { chunk, window throws(RewriteError) in
      switch chunk.type {
      case "eXIf":
        let data = try metadata(chunk.data, &window)
        splice.append(PNGChunks.bytes("eXIf", try withoutPlace(data)))
      case "iTXt", "tEXt", "zTXt":
        let keyword = try window.bytes(
          at: chunk.data.lowerBound, count: Int(min(80, chunk.data.upperBound - chunk.data.lowerBound))
        ).prefix { $0 != 0 }
        // ImageMagick's "Raw profile type exif" has a copy of it.
        let isMetadata =
          keyword.elementsEqual("XML:com.adobe.xmp".utf8) || keyword.starts(with: "Raw profile type ".utf8)
        if !isMetadata { splice.append(chunk.range) }
      default: splice.append(chunk.range)
      }
      if chunk.type == "IEND" { splice.append(chunk.range.upperBound..<window.byteCount) }
    }
    return splice
  }

  // MARK: WebP

  private static func webP(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    let range = try RIFFChunks.range(in: &window)
    let chunks = try RIFFChunks.all(in: range, of: &window)
    let hasXMP = chunks.contains { $0.type == "XMP " }
    var body = Splice()
    for chunk in chunks {
      switch chunk.type {
      case "VP8X" where hasXMP && chunk.data.count >= 10:
        // The flag of the extended header that there is XMP.
        let flags = try window.bytes(at: chunk.data.lowerBound, count: 1)[0]
        body.append(chunk.range.lowerBound..<chunk.data.lowerBound)
        body.append([flags & ~4])
        body.append(chunk.data.lowerBound + 1..<chunk.range.upperBound)
      case "EXIF":
        let exif = try metadata(chunk.data, &window)
        let prefix = exif.starts(with: "Exif\0\0".utf8) ? 6 : 0
        body.append(chunk.range.lowerBound..<chunk.data.lowerBound + UInt64(prefix))
        body.append(try withoutPlace(Array(exif.dropFirst(prefix))))
        body.append(chunk.data.upperBound..<chunk.range.upperBound)
      case "XMP ": break
      default: body.append(chunk.range)
      }
    }
    var splice = RIFFChunks.file(body)
    splice.append(range.upperBound..<window.byteCount)
    return splice
  }

  // MARK: Exif

  private static func metadata(_ range: Range<UInt64>, _ window: inout ByteWindow) throws(RewriteError)
    -> [UInt8]
  {
    guard range.upperBound - range.lowerBound <= UInt64(Limits.Fix.index) else { throw .tooMuch }
    return try window.bytes(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
  }

  /// Exif (CIPA DC-008, 4.6) of the same size whose GPS directory is empty: its entries, and what they refer to, are
  /// zeros.
  ///
  /// - Throws: ``RewriteError/tooMuch`` for more entries than a directory can have, in directories that overlap.
  static func withoutPlace(_ exif: [UInt8]) throws(RewriteError) -> [UInt8] {
    let isLittle = exif.starts(with: [0x49, 0x49])
    func number(_ index: Int, _ count: Int) -> Int? {
      guard index >= 0, index <= exif.count - count else { return nil }
      let bytes = exif[index..<index + count]
      return isLittle
        ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let first = number(4, 4), let count = number(first, 2) else { return exif }
    var places: [Range<Int>] = []
    var seen = 0
    let sizes = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
    for entry in 0..<count {
      let own = first + 2 + 12 * entry
      guard let tag = number(own, 2) else { break }
      guard tag == 0x8825, let directory = number(own + 8, 4), directory >= 8,
        let entries = number(directory, 2)
      else { continue }
      // An empty directory: no entries, and none follows.
      places.append(directory..<directory + 2 + 12 * entries + 4)
      for index in 0..<entries {
        let own = directory + 2 + 12 * index
        guard let type = number(own + 2, 2), let values = number(own + 4, 4) else { break }
        seen += 1
        guard seen < Limits.Fix.boxes else { throw .tooMuch }
        let size = (type >= 1 && type <= sizes.count ? sizes[type - 1] : 1) * values
        if size > 4, let place = number(own + 8, 4), place >= 8 { places.append(place..<place + size) }
      }
    }
    // In order, so that no byte is cleared twice where they overlap.
    var clean = exif
    var cleared = 0
    for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      let end = min(place.upperBound, exif.count)
      for index in max(place.lowerBound, cleared)..<max(place.lowerBound, cleared, end) { clean[index] = 0 }
      cleared = max(cleared, end)
    }
    return clean
  }
}
