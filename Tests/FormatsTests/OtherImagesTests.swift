import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct OtherImagesTests {
  /// The first bytes of a file of each type, as its encoders write them.
  private static let heads: [(String, MediaType)] = [
    ("BM:\0\0\0\0\0\0\0\u{36}\0\0\0\u{28}\0\0\0\u{1}\0\0\0\u{1}\0\0\0\u{1}\0\u{18}\0", "image/bmp"),
    ("BM:\0\0\0\0\0\0\0\u{1a}\0\0\0\u{c}\0\0\0\u{1}\0\u{1}\0\u{1}\0\u{18}\0", "image/bmp"),
    ("II*\0\u{8}\0\0\0\0\0\0\0\0\0", "image/tiff"), ("MM\0*\0\0\0\u{8}\0\0\0\0\0\0", "image/tiff"),
    ("II+\0\u{8}\0\0\0\u{10}\0\0\0\0\0\0\0", "image/tiff"),
    ("MM\0+\0\u{8}\0\0\0\0\0\0\0\0\0\u{10}", "image/tiff"),
    ("II*\0\u{10}\0\0\0CR\u{2}\0\0\0\0\0", "image/x-canon-cr2"),
    ("IIU\0\u{18}\0\0\0", "image/x-panasonic-rw2"),
    ("IIRO\u{8}\0\0\0", "image/x-olympus-orf"), ("FUJIFILMCCD-RAW 0201FF383501", "image/x-fuji-raf"),
    ("II\u{1a}\0\0\0HEAPCCDR\u{2}\0", "image/x-canon-crw"),
    ("8BPS\0\u{1}\0\0\0\0\0\0\0\u{3}", "image/vnd.adobe.photoshop"),
    ("\0\0\u{1}\0\u{1}\0\u{10}\u{10}\0\0\u{1}\0\u{20}\0h\u{4}\0\0\u{16}\0\0\0", "image/vnd.microsoft.icon"),
    ("\0\0\u{2}\0\u{1}\0\u{10}\u{10}\0\0\u{1}\0\u{1}\0h\u{4}\0\0\u{16}\0\0\0", "image/x-win-bitmap"),
    ("qoif\0\0\0\u{1}\0\0\0\u{1}\u{3}\0", "image/x-qoi"), ("DDS |\0\0\0\u{7}\u{10}\0\0", "image/vnd.ms-dds"),
    ("v/1\u{1}\u{2}\0\0\0channels\0", "image/x-exr"),
    ("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", "image/vnd.radiance"),
    ("icns\0\0\0\u{20}ic07", "image/x-icns"), ("FLIF31\0\0\0", "image/flif"),
    ("AT&TFORM\0\0\0\u{20}DJVUINFO", "image/vnd.djvu"), ("gimp xcf v011\0", "image/x-xcf"),
    ("SIMPLE  =                    T", "image/fits"), ("\u{1}\0\u{9}\0\0\u{3}\0\0", "image/wmf"),
    ("P4\n8 8\n\0\0\0\0\0\0\0\0", "image/x-portable-bitmap"),
    ("P1\n2 2\n0 1 1 0\n", "image/x-portable-bitmap"),
    ("P5 # a note\n8 8\n255\n", "image/x-portable-graymap"),
    ("P3\n1 1\n255\n0 1 1\n", "image/x-portable-pixmap"),
    ("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\n", "image/x-portable-arbitrarymap"),
    ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml"),
    ("\u{feff} <?xml version=\"1.0\"?>\n<!-- <html> -->\n<svg:svg/>", "image/svg+xml"),
    ("<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\" [<!ENTITY a \"b\">]>\n<svg>", "image/svg+xml"),
  ]

  @Test(arguments: heads) func named(head: String, mediaType: MediaType) throws {
    let inspection = try inspect(Array(head.utf8))
    #expect(inspection.mediaType == mediaType)
    #expect(inspection.faults == [])
    var facts = Facts()
    if head.contains("+\0") { facts.imageEncoding = "bigtiff" }
    #expect(inspection.facts == facts)
  }

  @Test(
    arguments: [
      ([0xff, 0x0a, 0xfa, 0x7f, 0x01], "image/jxl"),
      ([0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a], "image/jxl"),
      ([0xff, 0x4f, 0xff, 0x51, 0, 0x2f], "image/x-jp2-codestream"), ([0x49, 0x49, 0xbc, 1], "image/jxr"),
      ([0x42, 0x50, 0x47, 0xfb, 0x20], "image/bpg"), ([0xd7, 0xcd, 0xc6, 0x9a, 0, 0], "image/wmf"),
      ([0x8a, 0x4d, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "video/x-mng"),
      ([0x8b, 0x4a, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "video/x-jng"),
      ([1, 0, 0, 0] + [UInt8](repeating: 0, count: 36) + Array(" EMF".utf8), "image/emf"),
      ([0x01, 0xda, 0x01, 0x01, 0, 2], "image/x-sgi"), ([0x59, 0xa6, 0x6a, 0x95], "image/x-sun-raster"),
      ([0xab, 0x4b, 0x54, 0x58, 0x20, 0x31, 0x31, 0xbb], "image/ktx"),
    ] as [([UInt8], MediaType)])
  func namedByBytes(head: [UInt8], mediaType: MediaType) throws {
    #expect(try inspect(head + [UInt8](repeating: 0, count: 64)).mediaType == mediaType)
  }

  @Test(
    arguments: [
      ("jp2 ", "image/jp2"), ("jpx ", "image/jpx"), ("jpm ", "image/jpm"), ("jph ", "image/jph"),
      ("mjp2", "video/mj2"),
    ] as [(String, MediaType)])
  func jpeg2000ByItsBrand(brand: String, mediaType: MediaType) throws {
    let box: [UInt8] = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a, 0, 0, 0, 20]
    #expect(try inspect(box + Array("ftyp\(brand)\0\0\0\0\(brand)".utf8)).mediaType == mediaType)
  }

  @Test func rawPicturesByTheirDirectory() throws {
    // One directory at 8 with a maker (at 40), sub-directories and a version, in this order of tags.
    func tiff(_ maker: String, _ tags: [UInt16]) -> [UInt8] {
      var bytes: [UInt8] = Array("II*\0".utf8) + [8, 0, 0, 0] + littleEndian(UInt16(tags.count + 1))
      bytes +=
        littleEndian(UInt16(0x010f)) + [2, 0] + littleEndian(UInt32(maker.utf8.count)) + [64, 0, 0, 0]
      for tag in tags { bytes += littleEndian(tag) + [4, 0, 1, 0, 0, 0, 1, 0, 0, 0] }
      return bytes + [UInt8](repeating: 0, count: 64 - bytes.count) + Array(maker.utf8)
    }
    #expect(try inspect(tiff("NIKON CORPORATION", [0x14a])).mediaType == "image/x-nikon-nef")
    #expect(try inspect(tiff("NIKON CORPORATION", [])).mediaType == "image/tiff")
    #expect(try inspect(tiff("SONY\0", [0x14a])).mediaType == "image/x-sony-arw")
    #expect(try inspect(tiff("SONY\0", [0x14a, 0xc612])).mediaType == "image/x-adobe-dng")
    expectSurvivesFlips(tiff("NIKON CORPORATION", [0x14a, 0xc612]), first: 64)
  }

  /// Wherever the directory is, and however its image is stored.
  @Test(
    arguments: [
      (1, 2, nil), (5, 2, nil), (6, 6, "jpeg"), (7, 6, "jpeg"), (7, 2, "jpeg"), (1, 6, "ycbcr"),
      (5, 8, "lab"),
    ] as [(UInt16, UInt16, String?)], [0, 1 << 15])
  func aTIFFSaysWhatItHas(_ stored: (UInt16, UInt16, String?), pixels: Int) throws {
    let bytes = tiff([256: 40, 257: 30, 259: stored.0, 262: stored.1, 274: 6], pixels: pixels)
    let inspection = try inspect(bytes)
    #expect(inspection.mediaType == "image/tiff" && inspection.faults == [])
    var facts = Facts()
    (facts.width, facts.height, facts.orientation, facts.imageEncoding) = (40, 30, 6, stored.2)
    #expect(inspection.facts == facts)
    #expect(try inspect(bytes.dropLast(20)).mediaType == "image/tiff")
    expectSurvivesFlips(Array(bytes.prefix(200)), first: 128)
  }

  @Test func aTIFFInTilesSaysSo() throws {
    #expect(try inspect(tiff([259: 1, 262: 2, 322: 64])).facts.imageEncoding == "tiled")
    #expect(try inspect(tiff([259: 7, 262: 6, 322: 64])).facts.imageEncoding == "jpeg")
  }

  @Test(
    arguments: [
      ([259: 8], nil), ([259: 50000], "other"), ([277: 4], nil), ([277: 5], "other"), ([258: 16], nil),
      ([258: 17], "other"), ([258: 8, 262: 5], nil), ([258: 9, 262: 5], "other"), ([339: 2], nil),
      ([339: 3], "float"), ([338: 2], nil), ([338: 1], "premultiplied"), ([338: 1, 339: 3], "float"),
    ] as [(KeyValuePairs<UInt16, UInt16>, String?)])
  func aTIFFThatFewDecodeSaysSo(_ values: KeyValuePairs<UInt16, UInt16>, _ encoding: String?) throws {
    #expect(try inspect(tiff(values)).facts.imageEncoding == encoding)
  }

  /// Three numbers aren't in the directory.
  @Test(arguments: [(16, nil), (32, "other")] as [(UInt16, String?)])
  func aTIFFHasTheBitsOfEachComponent(_ bits: UInt16, _ encoding: String?) throws {
    var bytes = tiff([258: 3, 262: 2])
    bytes.replaceSubrange(14..<22, with: littleEndian(UInt32(3)) + littleEndian(UInt32(bytes.count)))
    #expect(try inspect(bytes + littleEndian(bits)).facts.imageEncoding == encoding)
    #expect(try inspect(bytes).facts.imageEncoding == nil)
  }

  @Test func anOrientationThatThereIsNotIsNone() throws {
    #expect(try inspect(tiff([274: 9])).facts.orientation == nil)
  }

  @Test(arguments: [
    "BMW makes cars and motorcycles of many kinds.", "<html><svg></svg></html>", "<svga></svga>", "<!-- svg",
    "<?xml version=\"1.0\"?><rss></rss>", "P2P networks are older than they look.", "P5\n8 by 8",
    "<!DOCTYPE html><html></html>", "FLIF is a format.",
    "A metafile is told by the letter that an EMF has.",
  ])
  func textIsNoPicture(text: String) throws {
    // The readers of pictures leave it to others: it is plain text, or what libmagic takes it for.
    let inspection = try inspect(Array(text.utf8))
    let others = ["text/plain", inspection.sniffedType]
    #expect(others.contains(inspection.mediaType?.rawValue))
  }
}
