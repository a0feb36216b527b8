// TIFF 6.0.

internal import PreflightBytes
internal import PreflightFacts

/// What the first directory of a TIFF says of its image: what has to be known to convert it.
enum TIFFImage {
  static func read(_ window: inout ByteWindow, into facts: inout Facts) throws(ReadError) {
    guard let (order, place) = try start(&window) else {
      facts.imageEncoding = "bigtiff"
      return
    }
    let directory = try directory(at: place, order, &window, into: &facts)
    if facts.imageEncoding != nil { return }
    if try number(directory.sampleFormat, order, directoryAt: place, &window) == 3 {
      facts.imageEncoding = "float"
    } else if let bits = try number(directory.bitsPerSample, order, directoryAt: place, &window),
      bits > (directory.isInk ? 8 : 16)
    {
      facts.imageEncoding = "other"
    } else if directory.isPremultiplied {
      facts.imageEncoding = "premultiplied"
    }
  }

  /// The byte order, and where the first directory is; nil for a BigTIFF.
  private static func start(
    _ window: inout ByteWindow
  ) throws(ReadError) -> (order: TIFFStructure.ByteOrder, directory: UInt64)? {
    guard let tiff = TIFFStructure(try window.available(at: 0, upTo: 8)) else { return nil }
    return (tiff.order, UInt64(tiff.firstDirectory))
  }

  /// Takes what a directory has itself, and returns the entries whose values may be elsewhere.
  private static func directory(
    at place: UInt64, _ order: TIFFStructure.ByteOrder, _ window: inout ByteWindow, into facts: inout Facts
  ) throws(ReadError) -> (
    isInk: Bool, isPremultiplied: Bool, bitsPerSample: TIFFStructure.Entry?,
    sampleFormat: TIFFStructure.Entry?
  ) {
    // Many writers put it behind the pixels.
    let bytes = try window.available(at: place, upTo: Limits.OtherImages.head)
    let directory = TIFFStructure(directory: bytes, order)
    func number(_ tag: UInt16) -> Int? { directory.number(tag, inDirectoryAt: 0) }
    facts.width = number(256)
    facts.height = number(257)
    facts.orientation = number(274).flatMap { (1...8).contains($0) ? $0 : nil }
    facts.imageEncoding = encoding(
      compression: number(259) ?? 1, photometricInterpretation: number(262), isTiled: number(322) != nil,
      samplesPerPixel: number(277) ?? 1)
    return (
      // Section 18: the extra sample is alpha by which the colors are multiplied.
      isInk: number(262) == 5, isPremultiplied: number(338) == 1, directory.entry(258, inDirectoryAt: 0),
      directory.entry(339, inDirectoryAt: 0)
    )
  }

  private static func encoding(
    compression: Int, photometricInterpretation: Int?, isTiled: Bool, samplesPerPixel: Int
  ) -> String? {
    switch (compression, photometricInterpretation) {
    // JPEG as in section 22, and as in Adobe's second technical note.
    case (6, _), (7, _): "jpeg"
    case (_, 6): "ycbcr"
    // CIELab, and those of ICC and ITU.
    case (_, 8), (_, 9), (_, 10): "lab"
    // Section 15.
    case _ where isTiled: "tiled"
    case _ where !usual.contains(compression) || samplesPerPixel > 4: "other"
    default: nil
    }
  }

  /// No compression, CCITT's, LZW, Deflate, PackBits, and LZMA.
  private static let usual: Set = [1, 2, 3, 4, 5, 8, 32773, 32946, 34925]

  /// The first of an entry's SHORTs: one for each component, which are elsewhere if they are more than two.
  private static func number(
    _ entry: TIFFStructure.Entry?, _ order: TIFFStructure.ByteOrder, directoryAt directory: UInt64,
    _ window: inout ByteWindow
  ) throws(ReadError) -> UInt16? {
    guard let entry, entry.type == 3, entry.count > 0 else { return nil }
    let place = (entry.count > 2 ? 0 : directory) + UInt64(entry.valueIndex)
    return TIFFStructure(directory: try window.available(at: place, upTo: 2), order).uint16(at: 0)
  }
}
