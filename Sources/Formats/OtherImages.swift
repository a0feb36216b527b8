package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let otherImages = Format(
    "Other images", reader: OtherImages.self, hiding: .media,
    mediaTypes: [
      .init("image/bmp", "a BMP image", .image, extensions: ["bmp", "dib"]),
      .init(.tiff, "a TIFF image", .image, extensions: ["tif", "tiff"]),
      .init(.jpegXL, "a JPEG XL image", .image, extensions: ["jxl"]),
      .init("image/jp2", "a JPEG 2000 image", .image, extensions: ["jp2", "j2k"]),
      .init("image/vnd.adobe.photoshop", "a Photoshop image", .image, extensions: ["psd", "psb"]),
      .init("image/vnd.microsoft.icon", "an icon", .image, extensions: ["ico"], aliases: ["image/x-icon"]),
      .init("image/x-pcx", "a PCX image", .image, extensions: ["pcx"], aliases: ["image/vnd.zbrush.pcx"]),
      .init("image/x-portable-bitmap", "a PBM image", .image, extensions: ["pbm"]),
      .init("image/x-portable-graymap", "a PGM image", .image, extensions: ["pgm"]),
      .init("image/x-portable-pixmap", "a PPM image", .image, extensions: ["ppm"]),
      .init("image/x-qoi", "a QOI image", .image, extensions: ["qoi"]),
      .init("image/x-sgi", "an SGI image", .image, extensions: ["sgi"]),
    ])
}

extension MediaType {
  /// JPEG XL.
  package static let jpegXL: MediaType = "image/jxl"
  /// TIFF.
  package static let tiff: MediaType = "image/tiff"
}

/// Images that are named but not read, since no messenger accepts them: a signature each. Of a TIFF, the first directory
/// says what has to be known to convert it.
///
/// The names are the registered ones, otherwise libmagic's, so that they don't vary with libmagic's version.
/// Signatures that aren't unique are checked further below the table.
enum OtherImages: FormatReader {
  private static let signatures = FileSignatures<MediaType>([
    .init("CR\u{2}\0", at: 8, "image/x-canon-cr2"),
    .init("HEAPCCDR", at: 6, "image/x-canon-crw"),
    .init("IIU\0", "image/x-panasonic-rw2"),
    .init("IIRO", "image/x-olympus-orf"),
    .init("IIRS", "image/x-olympus-orf"),
    .init("MMOR", "image/x-olympus-orf"),
    .init("FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    .init("FOVb", "image/x-sigma-x3f"),
    .init([0x49, 0x49, 0xbc], "image/jxr"),
    .init("8BPS", "image/vnd.adobe.photoshop"),
    .init("gimp xcf", "image/x-xcf"),
    .init([0xff, 0x0a], .jpegXL),
    .init([0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a], .jpegXL),
    .init([0xff, 0x4f, 0xff, 0x51], "image/x-jp2-codestream"),
    .init("qoif", "image/x-qoi"),
    .init([0x76, 0x2f, 0x31, 0x01], "image/x-exr"),
    .init("#?RADIANCE\n", "image/vnd.radiance"),
    .init("#?RGBE\n", "image/vnd.radiance"),
    .init("DDS |\0\0\0", "image/vnd.ms-dds"),
    .init([0xab, 0x4b, 0x54, 0x58, 0x20, 0x31, 0x31, 0xbb], "image/ktx"),
    .init([0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb], "image/ktx2"),
    .init("icns", "image/x-icns"),
    .init([0x42, 0x50, 0x47, 0xfb], "image/bpg"),
    .init([0x01, 0xda, 0x00], "image/x-sgi"),
    .init([0x01, 0xda, 0x01], "image/x-sgi"),
    .init([0x59, 0xa6, 0x6a, 0x95], "image/x-sun-raster"),
    .init("SIMPLE  =                    T", "image/fits"),
    .init("AT&TFORM", "image/vnd.djvu"),
    .init([0xd7, 0xcd, 0xc6, 0x9a, 0, 0], "image/wmf"),
    .init([0x01, 0, 0x09, 0, 0, 0x03], "image/wmf"),
    .init([0x8a, 0x4d, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "video/x-mng"),
    .init([0x8b, 0x4a, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "video/x-jng"),
  ])

  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    reading.mediaType = mediaType(of: try window.available(at: 0, upTo: Limits.OtherImages.head))
    if reading.mediaType == .tiff { try TIFFImage.read(&window, into: &reading.facts) }
  }

  private static func mediaType(of head: ByteSpan) -> MediaType? {
    if let type = signatures.first(in: head) { return type }
    if let type = tiff(head) { return type }
    if let type = jpeg2000(head) { return type }
    if let type = metafile(head) { return type }
    if let type = flif(head) { return type }
    if let type = bitmap(head) { return type }
    if let type = icon(head) { return type }
    return netpbm(head)
  }

  /// TIFF 6.0 and BigTIFF, and the raw images that are TIFFs by their structure.
  private static func tiff(_ head: ByteSpan) -> MediaType? {
    if head.has("II+\0\u{8}\0\0\0") || head.has("MM\0+\0\u{8}\0\0") { return .tiff }
    guard let tiff = TIFFStructure(head) else { return nil }
    let directory = tiff.firstDirectory
    // DNGVersion.
    if tiff.entry(0xc612, inDirectoryAt: directory) != nil { return "image/x-adobe-dng" }
    // The raw data is in a subdirectory, which a finished TIFF from the same maker doesn't have.
    if let maker = tiff.entry(0x010f, inDirectoryAt: directory),
      tiff.entry(0x014a, inDirectoryAt: directory) != nil
    {
      if head.has("NIKON", at: maker.valueIndex) { return "image/x-nikon-nef" }
      if head.has("SONY", at: maker.valueIndex) { return "image/x-sony-arw" }
    }
    return .tiff
  }

  /// The file formats of JPEG 2000 (ITU-T T.800, annex I), by the brand after the signature box.
  private static func jpeg2000(_ head: ByteSpan) -> MediaType? {
    guard head.has([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]) else { return nil }
    if head.has("jpx ", at: 20) { return "image/jpx" }
    if head.has("jpm ", at: 20) { return "image/jpm" }
    if head.has("jph ", at: 20) { return "image/jph" }
    if head.has("mjp2", at: 20) { return "video/mj2" }
    return "image/jp2"
  }

  /// An enhanced metafile begins with a record of type 1; its signature comes later.
  private static func metafile(_ head: ByteSpan) -> MediaType? {
    head.has([1, 0, 0, 0]) && head.has(" EMF", at: 40) ? "image/emf" : nil
  }

  /// Four letters and one that says which kind of image follows.
  private static func flif(_ head: ByteSpan) -> MediaType? {
    guard head.has("FLIF"), let kind = head[4] else { return nil }
    switch kind {
    case UInt8(ascii: "1"), UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "A"), UInt8(ascii: "C"),
      UInt8(ascii: "D"):
      return "image/flif"
    default: return nil
    }
  }

  /// Two letters start a bitmap, and many texts: the size of the header after them decides.
  private static func bitmap(_ head: ByteSpan) -> MediaType? {
    guard head.has("BM"), let size = head[14], head.has([0, 0, 0], at: 15) else { return nil }
    let planes: Int
    switch size {
    case 12: planes = 22
    case 16, 40, 52, 56, 64, 108, 124: planes = 26
    default: return nil
    }
    return head.has([1, 0], at: planes) ? "image/bmp" : nil
  }

  /// Icons and cursors start with small numbers: the first entry's fields must be consistent.
  private static func icon(_ head: ByteSpan) -> MediaType? {
    guard let kind = head[2], kind == 1 || kind == 2, head.has([0, 0, kind, 0]) else { return nil }
    var entry = head
    do {
      try entry.skip(4)
      let count = UInt32(try UInt16(parsingLittleEndian: &entry))
      try entry.skip(3)
      let reserved = try UInt8(parsing: &entry)
      try entry.skip(4)
      let size = try UInt32(parsingLittleEndian: &entry)
      let offset = try UInt32(parsingLittleEndian: &entry)
      guard count > 0, size > 0, reserved == 0 || reserved == 255, offset >= 6 + 16 * count else {
        return nil
      }
      return kind == 1 ? "image/vnd.microsoft.icon" : "image/x-win-bitmap"
    } catch {
      return nil
    }
  }

  /// The Netpbm formats: a letter and a digit, white space, and then a size or, in the last, a header
  /// line.
  private static func netpbm(_ head: ByteSpan) -> MediaType? {
    guard head.has("P"), let kind = head[1], let gap = head[2], isSpace(gap) else { return nil }
    if kind == 0x37 {
      return head.has("WIDTH", at: 3) || head.has("#", at: 3) ? "image/x-portable-arbitrarymap" : nil
    }
    var index = 3
    for _ in 0..<2 {
      guard let end = endOfNumber(head, from: index) else { return nil }
      index = end
    }
    switch kind {
    case 0x31, 0x34: return "image/x-portable-bitmap"
    case 0x32, 0x35: return "image/x-portable-graymap"
    case 0x33, 0x36: return "image/x-portable-pixmap"
    default: return nil
    }
  }

  /// Where the number ends that follows white space and comments; nil if there is none.
  private static func endOfNumber(_ head: ByteSpan, from start: Int) -> Int? {
    var index = start
    while let byte = head[index], isSpace(byte) || byte == 0x23 {
      if byte == 0x23 { index = head.firstIndex(of: 0x0a, from: index) ?? head.bytes.byteCount }
      index += 1
    }
    let first = index
    while let byte = head[index], 0x30...0x39 ~= byte { index += 1 }
    return index > first ? index : nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0d ~= byte }
}
