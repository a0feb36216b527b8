import Foundation
import MediaPreflight
import Testing

@testable import PreflightTestSupport

/// The streams of a document: what can't be decompressed, and what readers pass over.
@Suite struct PDFContentTests {
  /// A document of one page whose objects after the page tree are given as bytes, with a cross-reference.
  func document(
    _ objects: [[UInt8]], trailing: [UInt8] = [], trailer: String = "", contents: String = "4 0 R"
  ) -> [UInt8] {
    var bytes = Array("%PDF-1.7\n".utf8)
    var offsets: [Int] = []
    let tree = ["<</Pages 2 0 R>>", "<</Count 1/Kids[3 0 R]>>", "<</Type/Page/Contents \(contents)>>"]
    for object in tree.map({ Array($0.utf8) }) + objects {
      offsets.append(bytes.count)
      bytes += Array("\(offsets.count) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
    }
    bytes += trailing
    let start = bytes.count
    bytes += Array("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n".utf8)
    for offset in offsets {
      let digits = "\(offset)"
      bytes += Array((String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n").utf8)
    }
    return bytes + Array("trailer\n<</Root 1 0 R\(trailer)>>\nstartxref\n\(start)\n%%EOF\n".utf8)
  }

  func stream(_ data: [UInt8], filter: String? = "FlateDecode", length: Int? = nil) -> [UInt8] {
    let filter = filter.map { "/Filter/\($0)" } ?? ""
    let head = "<</Length \(length ?? data.count)\(filter)>>stream\n"
    return Array(head.utf8) + data + Array("\nendstream".utf8)
  }

  /// zlib's format with one stored block (RFC 1950, 2.2; RFC 1951, 3.2.4).
  func zlib(_ text: String, isLast: Bool = true, checksum: [UInt8]? = nil) -> [UInt8] {
    let bytes = Array(text.utf8)
    let size = UInt16(bytes.count)
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01, isLast ? 1 : 0] + littleEndian(size) + littleEndian(~size) + bytes
      + (checksum ?? bigEndian(b << 16 | a))
  }

  func faults(_ object: [UInt8]) throws -> [String] {
    try inspect(document([object])).faults.map(\.name)
  }

  /// The faults of a stream that isn't a page's content.
  func faults(besideContent object: [UInt8]) throws -> [String] {
    try inspect(document([stream(Array("BT ET".utf8), filter: nil), object])).faults.map(\.name)
  }

  @Test func wholeStreams() throws {
    #expect(try faults(stream(zlib("BT (a) Tj ET"))) == [])
    // A length that is wrong, or in an object of its own.
    #expect(try faults(stream(zlib("BT ET"), length: 3)) == [])
    #expect(try faults(stream([])) == [])
    #expect(try faults(stream([0x0a])) == [])
    // Some writers leave the checksum out, or cut it, or flush instead of ending the stream.
    #expect(try faults(stream(zlib("BT ET", checksum: []))) == [])
    #expect(try faults(stream(zlib("BT ET", checksum: [1, 8]), length: 99)) == [])
    #expect(try faults(stream(zlib("BT ET", isLast: false, checksum: [0, 0, 0, 0xff, 0xff]))) == [])
    #expect(try faults(stream([0x50, 0x4b] + [UInt8](repeating: 0, count: 999), filter: nil)) != [])
    #expect(try faults(besideContent: stream([0x80] + [UInt8](repeating: 0, count: 999), filter: nil)) == [])
  }

  @Test func brokenStreams() throws {
    let broken = ["compressed-stream"]
    #expect(try faults(stream(Array("no zlib header".utf8))) == broken)
    #expect(try faults(stream(zlib("BT ET", checksum: [1, 2, 3, 4]))) == broken)
    // A block of a reserved type.
    #expect(try faults(stream(zlib("BT ET").with([7], at: 2))) == broken)
    // The end is missing.
    #expect(try faults(stream(Array(zlib("BT (some text) Tj ET").prefix(18)))) == broken)
    // The structure alone doesn't show it.
    let bytes = document([stream(zlib("BT ET", checksum: [1, 2, 3, 4]))])
    #expect(try inspectStructure(bytes).faults == [])
    let fault = try #require(inspect(bytes).faults.first)
    #expect(fault.offset.map { Int($0) } == bytes.firstRange(of: [1, 2, 3, 4])?.lowerBound)
  }

  // MARK: Filters

  @Test(arguments: [
    ("ASCIIHexDecode", "4254 204\n554>"), ("AHx", "4254204554"), ("AHx", "42542045545>more"), ("AHx", ">"),
    ("ASCII85Decode", "6<%kH;u~>"), ("A85", "6<%k\r\nH;u"), ("A85", "z zs8W-!~>{"), ("A85", "~"),
    ("A85", "!!!!!!~>"),
    ("RunLengthDecode", "\u{4}BT ET"), ("RL", "\u{0}B\u{3}T ET"), ("RL", ""),
    // A line end that was counted as data.
    ("RL", "\u{4}BT ET\n"), ("RL", "\u{4}BT ET\r\n"),
  ])
  func wholeFilters(_ filter: String, _ data: String) throws {
    #expect(try faults(besideContent: stream(Array(data.utf8), filter: filter)) == [])
    #expect(try faults(besideContent: stream(Array(data.utf8), filter: filter, length: 99)) == [])
  }

  @Test(arguments: [
    ("ASCIIHexDecode", "4254g"), ("AHx", "<42>"), ("ASCII85Decode", "6<%kvH;u~>"), ("A85", "6z~>"),
    ("A85", "{"),
    ("RunLengthDecode", "\u{5}BT\n"), ("RL", "\u{7f}abc"),
  ])
  func brokenFilters(_ filter: String, _ data: String) throws {
    let bytes = document([stream(Array("BT ET".utf8), filter: nil), stream(Array(data.utf8), filter: filter)])
    #expect(
      try inspect(bytes).namedFaults == [
        NamedFault("encoded-stream", bytes.firstRange(of: Array(data.utf8))?.lowerBound)
      ])
  }

  private func lzw(_ codes: [UInt32]) -> [UInt8] {
    var writer = BitWriter()
    for code in codes { writer.unsigned(code, 9) }
    return writer.bytes
  }

  @Test func sequencesOfLZW() throws {
    // The specification's example.
    let example: [UInt8] = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01]
    #expect(try faults(besideContent: stream(example, filter: "LZWDecode")) == [])
    // A code for the sequence that it ends, and the one after.
    let pad = [UInt32](repeating: 65, count: 4)
    #expect(try faults(besideContent: stream(lzw([256, 65, 258] + pad), filter: "LZW")) == [])
    #expect(
      try faults(besideContent: stream(lzw([256, 65, 259] + pad), filter: "LZW")) == ["encoded-stream"])
    #expect(
      try faults(besideContent: stream(lzw([65, 256, 258] + pad), filter: "LZW")) == ["encoded-stream"])
    #expect(try faults(besideContent: stream(lzw([511] + pad), filter: "LZW")) == ["encoded-stream"])
    #expect(try faults(besideContent: stream(lzw([256, 257, 511] + pad), filter: "LZW")) == [])
    // What may be a line end.
    let codes = lzw([256, 65, 66, 67, 68, 69, 70, 71])
    #expect(try faults(besideContent: stream(codes + [0xff, 0xff, 0xff], filter: "LZW")) == [])
    #expect(try faults(besideContent: stream(codes + [0xff, 0xff, 0xff, 0xff, 0xff], filter: "LZW")) != [])
  }

  /// Codes grow at 512, or a code later.
  @Test(arguments: [0, 1])
  func longerCodes(_ earlyChange: Int) throws {
    var writer = BitWriter()
    writer.unsigned(256, 9)
    var next = 257
    func object(_ change: Int) -> [UInt8] {
      let head =
        "<</Filter/LZWDecode/DecodeParms<</EarlyChange \(change)>>/Length \(writer.bytes.count)>>stream\n"
      return Array(head.utf8) + writer.bytes + Array("\nendstream".utf8)
    }
    // Each code adds the next sequence, so each is known as soon as it is used.
    for _ in 0..<4500 {
      let width =
        next + earlyChange < 512 ? 9 : next + earlyChange < 1024 ? 10 : next + earlyChange < 2048 ? 11 : 12
      if next == 4095 {
        writer.unsigned(256, width)
        next = 257
        continue
      }
      writer.unsigned(next < 258 ? 65 : UInt32(next - 1) < 258 ? 65 : UInt32(next - 1), width)
      next += 1
    }
    #expect(try faults(besideContent: object(earlyChange)) == [])
    #expect(try faults(besideContent: object(1 - earlyChange)) == ["encoded-stream"])
    // Whatever else it may mean.
    #expect(try faults(besideContent: object(2)) == [])
  }

  @Test func filtersBehindFilters() throws {
    let text = zlib("BT (some text) Tj ET")
    func packed(_ data: [UInt8], _ filters: String) -> [UInt8] {
      let head = "<</Filter[\(filters)]/Length \(data.count)>>stream\n"
      return Array(head.utf8) + data + Array("\nendstream".utf8)
    }
    func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
      bytes.flatMap { Array((($0 < 16 ? "0" : "") + String($0, radix: 16)).utf8) } + [0x3e]
    }
    func twice(_ data: [UInt8]) -> [UInt8] { zlib(String(decoding: hexadecimal(data), as: UTF8.self)) }
    #expect(try faults(packed(hexadecimal(text), "/ASCIIHexDecode/FlateDecode")) == [])
    #expect(try faults(packed(twice(text), "/FlateDecode/AHx/FlateDecode")) == [])
    let broken = [
      text.with([1, 2, 3, 4], at: text.count - 4), Array(text.dropLast(9)), Array("no zlib header".utf8),
    ]
    for data in broken {
      #expect(try faults(packed(hexadecimal(data), "/ASCIIHexDecode/FlateDecode")) == ["compressed-stream"])
      #expect(try faults(packed(twice(data), "/FlateDecode/AHx/FlateDecode")) == ["compressed-stream"])
    }
    // The data isn't compressed twice.
    #expect(try faults(packed(text, "/FlateDecode/FlateDecode")) == ["compressed-stream"])
    // More filters than are undone, a predictor between them, and names that are elsewhere.
    let eight = String(repeating: "/AHx", count: 8)
    #expect(try faults(packed(text, eight)) == ["encoded-stream"])
    try expectUnchecked(["streams with more than 8 filters"], in: document([packed(text, eight + "/AHx")]))
    let head =
      "<</Filter[/FlateDecode/FlateDecode]/DecodeParms[<</Predictor 12>>]/Length \(text.count)>>stream\n"
    #expect(try faults(Array(head.utf8) + text + Array("\nendstream".utf8)) == [])
    #expect(try faults(packed(text, "9 0 R/FlateDecode")) == [])
  }

  // MARK: Pages

  @Test(arguments: [
    "", " \n", "% nothing\n", "0 0 1 rg", "BT(x y z)Tj ET", "/Im0 Do", "q Q x y z", "<</A 1>> 5 [1 2] true",
    "(text", "<41",
    "(", "BI/W 1/H 1 ID \u{1}\u{2} x y z a a a a a a a a", "'", "\"", "1.2.3 -", "f*",
    "Q e e e e e e e e", "0123456789abcdef0123456789abcde", "01234567890123456789012345678901",
    "<0123456789abcdef0123456789abcdef>Tj", "0.23456789abcdef0123456789abcdef",
  ])
  func contentOfAPage(_ text: String) throws {
    #expect(try faults(stream(Array(text.utf8), filter: nil)) == [])
    #expect(try faults(stream(zlib(text))) == [])
  }

  @Test(arguments: [
    "{\"error\":\"x\"}", "<html><body>x</body></html>", "Not found", "x", "\u{80}\u{1}",
    "Q e e e e e e e e e",
    "(a)(b\\)) x", "/F1 Tff", "0123456789abcdef0123456789abcdef",
  ])
  func otherDataInPlaceOfAPage(_ text: String) throws {
    let data = Array(text.utf8)
    #expect(try faults(stream(data, filter: nil)) == ["page-content"])
    #expect(try faults(stream(zlib(text))) == ["page-content"])
    #expect(try faults(besideContent: stream(data, filter: nil)) == [])
  }

  /// Only the beginning is looked at, and the last word of it may be cut.
  @Test func beginningOfAPage() throws {
    let spaces = repeated([0x20], Limits.PDF.operators)
    #expect(try faults(stream(spaces.dropLast(2) + Array("x ".utf8), filter: nil)) == ["page-content"])
    #expect(try faults(stream(spaces.dropLast(1) + Array("x".utf8), filter: nil)) == [])
  }

  @Test func hexadecimalDigitsInPlaceOfAPage() throws {
    // They may go on.
    let digits = repeated(Array("4254".utf8), Limits.PDF.operators / 2) + Array("4a".utf8)
    #expect(try faults(stream(digits, filter: nil)) == [])
    #expect(try faults(stream(Array("4a".utf8) + digits, filter: nil)) == ["page-content"])
  }

  @Test(arguments: [true, false])
  func wideCharactersInPlaceOfAPage(isBigEndian: Bool) throws {
    func wide(_ text: String) -> [UInt8] {
      text.utf16.flatMap { isBigEndian ? bigEndian($0) : littleEndian($0) }
    }
    #expect(try faults(stream(wide("BT B B B B B ET "), filter: nil)) == ["page-content"])
    // Each NUL is white space, and each word an operator.
    #expect(try faults(stream(Array(wide("BT B B B B B ET ").dropLast()), filter: nil)) == [])
    #expect(try faults(stream(Array("q\0\0".utf8) + wide("Q B B B B B B B"), filter: nil)) == [])
  }

  @Test func nulsInPlaceOfAPage() throws {
    #expect(try faults(stream(repeated([0], 255), filter: nil)) == [])
    #expect(try faults(stream(repeated([0], 256), filter: nil)) == ["hole"])
  }

  @Test func aPageBehindTheFilterOfAnImage() throws {
    let image = try Fixture.bytes("pictures/usual-tables.jpg")
    #expect(try faults(stream(image, filter: "DCTDecode")) == ["page-content"])
    #expect(try faults(besideContent: stream(image, filter: "DCTDecode")) == [])
    // An image's own faults come first.
    #expect(try faults(stream(Array("not an image".utf8), filter: "DCTDecode")) == ["image-data"])
  }

  /// A reference to an object that isn't in the document.
  @Test(arguments: [
    ("4 0 R", []), ("5 0 R", ["page-content"]), ("[5 0 R 4 0 R]", ["page-content"]), ("[4 0 R 5 0 R]", []),
    ("0 0 R", []), ("[]", []), ("null", []),
  ])
  func contentThatIsMissing(_ reference: String, expected: [String]) throws {
    let content = stream(Array("BT ET".utf8), filter: nil)
    #expect(try inspect(document([content], contents: reference)).faults.map(\.name) == expected)
    // It's there, though no cross-reference leads to it.
    let missing = Array("5 0 obj\n".utf8) + content + Array("\nendobj\n".utf8)
    #expect(try inspect(document([content], trailing: missing, contents: reference)).faults == [])
  }

  @Test func contentThatIsNoStream() throws {
    #expect(try faults(Array("<</A 1>>".utf8)) == ["page-content"])
    for other in ["<<>>", "null", "[]", "[5 0 R]"] { #expect(try faults(Array(other.utf8)) == []) }
  }

  @Test func filtersThatNobodyKnows() throws {
    let text = Array("BT ET".utf8)
    #expect(try faults(stream(text, filter: "FooDecode")) == ["unknown-filter"])
    #expect(try faults(besideContent: stream(text, filter: "FooDecode")) == [])
    #expect(try faults(stream(text, filter: "BrotliDecode")) == [])
  }

  /// Each tile-part has its length. Readers decode none of an image in which a byte is missing.
  @Test func imagesOfJPEG2000() throws {
    // SOC, SIZ with a segment of four bytes, SOT and its header, SOD, data, EOC.
    func image(_ size: UInt32) -> [UInt8] {
      let head: [UInt8] = [0xff, 0x4f, 0xff, 0x51, 0, 4, 1, 2]
      return head + [0xff, 0x90, 0, 10, 0, 0] + bigEndian(size) + [0, 1, 0xff, 0x93, 1, 2, 3, 4]
    }
    let end: [UInt8] = [0xff, 0xd9]
    #expect(try faults(besideContent: stream(image(18) + end, filter: "JPXDecode")) == [])
    #expect(try faults(besideContent: stream([0, 0, 0, 12] + image(18) + end, filter: "JPXDecode")) == [])
    #expect(
      try faults(besideContent: stream(image(18) + image(18).dropFirst(8) + end, filter: "JPXDecode")) == [])
    #expect(try faults(besideContent: stream(image(0), filter: "JPXDecode")) == [])
    // Readers differ on what is behind the last tile-part.
    #expect(try faults(besideContent: stream(image(18), filter: "JPXDecode")) == [])
    #expect(try faults(besideContent: stream(image(19), filter: "JPXDecode")) == ["image-data"])
    #expect(try faults(besideContent: stream(image(18).dropLast(), filter: "JPXDecode")) == ["image-data"])
    #expect(
      try faults(besideContent: stream(image(18) + image(19).dropFirst(8), filter: "JPXDecode")) == [
        "image-data"
      ])
    #expect(try faults(besideContent: stream(Array(image(18)[..<7]), filter: "JPXDecode")) == ["image-data"])
    #expect(
      try faults(besideContent: stream(Array("not an image".utf8), filter: "JPXDecode")) == ["image-data"])
  }

  /// A segment's type, and how many it refers to (T.88, 7.2).
  @Test func imagesOfJBIG2() throws {
    for whole: [UInt8] in [[0, 0, 0, 0, 48, 0, 1], [0, 0, 0, 9, 0xe6, 0x80], [0, 0, 0, 0, 62, 0xe0]] {
      #expect(try faults(besideContent: stream(whole, filter: "JBIG2Decode")) == [])
    }
    for other: [UInt8] in [
      [0, 0, 0, 0, 48], [0, 0, 0, 0, 49, 0xa0], [0, 0, 0, 0, 49, 0xc0], [0, 0, 0, 0, 33, 0],
    ] {
      #expect(try faults(besideContent: stream(other, filter: "JBIG2Decode")) == ["image-data"])
    }
  }

  /// A run of two bytes stands for 128.
  @Test func largeImagesBehindOtherFilters() throws {
    func image(_ count: Int) -> [UInt8] {
      let runs = [2, 0xff, 0xd8, 0xff] + repeated([129, 0], count / 128)
      let head = "<</Filter[/RunLengthDecode/DCTDecode]/Length \(runs.count)>>stream\n"
      let content = stream(Array("BT ET".utf8), filter: nil)
      return document([content, Array(head.utf8) + runs + Array("\nendstream".utf8)])
    }
    try expectUnchecked([], in: image(Limits.PDF.image - 128))
    try expectUnchecked(["images of more than 32 MiB behind other filters"], in: image(Limits.PDF.image))
  }

  /// An update leaves the objects that it replaces in the file.
  @Test func objectsThatAreNotInUse() throws {
    let old =
      Array("4 0 obj\n".utf8) + stream(zlib("BT ET", checksum: [1, 2, 3, 4])) + Array("\nendobj\n".utf8)
    let whole = stream(zlib("BT ET"))
    #expect(try inspect(document([whole], trailing: old)).faults == [])
    // One more of them than are looked up.
    let limit = Limits.PDF.unusedStreams
    #expect(try inspect(document([whole], trailing: repeated(old, limit))).unchecked == [])
    let more = try inspect(document([whole], trailing: repeated(old, limit + 1)))
    #expect(more.faults == [] && more.unchecked.map(\.what) == ["the rest of the streams"])
  }

  // MARK: Documents in a file

  private var first: [UInt8] { document([stream(zlib("BT ET"))]) }
  private var second: [UInt8] {
    document(
      [stream(zlib("BT ET")), stream(Array("more".utf8), filter: nil)], trailing: Array("% more\n".utf8))
  }

  private func joins(_ bytes: [UInt8]) throws -> [UInt64?] {
    try inspect(bytes).faults.filter { $0.name == "joined-documents" }.map(\.offset)
  }

  @Test(arguments: ["", "\n", "\r\n \0"])
  func documentsInARow(_ between: String) throws {
    let between = Array(between.utf8)
    let start = UInt64(first.count + between.count)
    #expect(try joins(first + between + second) == [start])
    #expect(try joins(second + between + first) == [UInt64(second.count + between.count)])
    #expect(try joins(first + first + between + second) == [start + UInt64(first.count)])
    #expect(try inspectStructure(first + second).faults == [])
  }

  @Test func documentsThatAreOne() throws {
    // It follows itself.
    #expect(try inspect(first + first).faults == [])
    // The first has no end, or something follows it.
    #expect(try joins(first.dropLast(6) + second) == [])
    #expect(try joins(first + Array("x".utf8) + second) == [])
    // The offset counts from the first header, or from nowhere.
    let start = try #require(second.index(of: "startxref"))
    #expect(try joins(first + Array(second[..<start]) + Array("startxref\n1\n%%EOF\n".utf8)) == [])
    // An attachment.
    #expect(
      try inspect(document([stream(zlib("BT ET")), stream(first + second, filter: nil)])).faults == [])
    let moved = document([stream(zlib("BT ET")), stream(first + second, filter: nil)])
    #expect(try joins(Array("\n".utf8) + moved) == [])
  }

  @Test func imagesInADocument() throws {
    let image = try Fixture.bytes("pictures/usual-tables.jpg")
    #expect(try faults(besideContent: stream(image, filter: "DCTDecode")) == [])
    // Without the end-of-image marker.
    #expect(try faults(besideContent: stream(image.dropLast(2), filter: "DCTDecode")) == [])
    let half = image.count / 2
    let hole = image.with([UInt8](repeating: 0, count: 900), at: half)
    #expect(try faults(besideContent: stream(hole, filter: "DCTDecode")).count == 1)
  }

  @Test func imagesByTheirDictionaries() throws {
    let image = try Fixture.bytes("pictures/usual-tables.jpg")
    func names(_ entries: String, _ data: [UInt8]) throws -> [String] {
      let head = "<</Length \(data.count)\(entries)>>stream\n"
      return try faults(besideContent: Array(head.utf8) + data + Array("\nendstream".utf8))
    }
    #expect(try names("/Subtype/Image/Width 1/Height 1/Filter/DCTDecode", image) == [])
    #expect(try names("/Subtype/Image/Filter/DCTDecode", image) == [])
    for size in ["/Width 0/Height 1", "/Width 1/Height 0", "/Width 0/Height 0", "/Width 0"] {
      #expect(try names("/Subtype/Image\(size)/Filter/DCTDecode", image) == ["image-data"])
      #expect(try names("\(size)/Filter/DCTDecode", image) == [])
      // Nothing is lost.
      #expect(try names("/Subtype/Image\(size)/Filter/DCTDecode", []) == [])
      #expect(try names("/Subtype/Image\(size)", image) == [])
    }
    #expect(try names("/Subtype/Image/Filter/PNGDecode", image) == ["unknown-filter"])
    #expect(try names("/Subtype/Image/Filter[/FlateDecode/PNGDecode]", zlib("a")) == ["unknown-filter"])
    #expect(try names("/Subtype/Form/Filter/PNGDecode", image) == [])
    for known in ["CCF", "CCITTFaxDecode", "BrotliDecode", "Crypt"] {
      #expect(try names("/Subtype/Image/Filter/\(known)", Array("x".utf8)) == [], "\(known)")
    }
  }

  /// Readers look for the beginning of a JPEG image, and show nothing without one.
  @Test func dataThatIsNoImage() throws {
    let image = try Fixture.bytes("pictures/usual-tables.jpg")
    for other in [
      Array("not an image".utf8), [1, 2, 3], Array(image.dropFirst(1)), [UInt8](repeating: 0, count: 9),
    ] {
      #expect(try faults(besideContent: stream(other, filter: "DCTDecode")) == ["image-data"])
    }
    // An image that was taken out.
    for nothing: [UInt8] in [[], [0x0d, 0x0a]] {
      #expect(try faults(besideContent: stream(nothing, filter: "DCTDecode")) == [])
    }
    #expect(try faults(besideContent: stream([0xff, 0xd8, 0xff], filter: "DCT")) == [])
    #expect(try faults(besideContent: stream([0x0a] + image, filter: "DCTDecode")) == [])
    // Behind a block's end.
    #expect(
      try faults(besideContent: stream([UInt8](repeating: 1, count: 65_534) + image, filter: "DCTDecode"))
        == [])
    // The data is in another file.
    #expect(
      try faults(Array("<</Length 0/F(a.jpg)/FFilter/DCTDecode/Filter/DCTDecode>>stream\n\nendstream".utf8))
        == [])
  }

  @Test func imagesBehindOtherFilters() throws {
    let image = try Fixture.bytes("pictures/usual-tables.jpg")
    let hole = image.with([UInt8](repeating: 0, count: 900), at: image.count / 2)
    func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
      let digits = Array("0123456789abcdef".utf8)
      return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] } + [0x3e]
    }
    for filters in ["[/ASCIIHexDecode/DCTDecode]", "[/AHx/DCT]"] {
      func faults(_ image: [UInt8]) throws -> [Fault] {
        let head = "<</Filter\(filters)/Length 9>>stream\n"
        let object = Array(head.utf8) + hexadecimal(image) + Array("\nendstream".utf8)
        return try inspect(document([stream(Array("BT ET".utf8), filter: nil), object])).faults
      }
      #expect(try faults(image) == [])
      let found = try faults(hole)
      #expect(found.count == 1)
      // It is in the stream, wherever.
      #expect(found.first?.offset.map { $0 < 400 } == true)
      #expect(try faults(Array("GIF89a".utf8)).map(\.name) == ["image-data"])
    }
  }

  /// No reader has checked the headers of an image in a document.
  @Test func impossibleImagesInADocument() throws {
    let image = try JPEGBytes("progressive-large")
    let frame = try image.segment(0xc2).lowerBound
    let scans = image.scans.map(\.header.lowerBound)
    let last = try #require(scans.last)
    var changed: [[UInt8]] = []
    // More components than a scan may have, and blocks than a unit may have.
    for count: UInt8 in [0, 5, 255] { changed.append(image.bytes.with([count], at: scans[0] + 4)) }
    changed.append(image.bytes.with([0x44], at: frame + 11).with([0x44], at: frame + 14))
    // Coefficients that no block has, and AC coefficients of several components.
    for end: UInt8 in [64, 255] { changed.append(image.bytes.with([end], at: last + 8)) }
    changed.append(image.bytes.with([1], at: scans[0] + 11))
    // Positions and destinations of any value.
    for value: UInt8 in [0, 14, 0xff] { changed.append(image.bytes.with([value], at: last + 9)) }
    for value: UInt8 in [0x44, 0xff] { changed.append(image.bytes.with([value], at: last + 6)) }
    // Tables of any counts.
    let table = try image.segment(0xc4).lowerBound
    for count: UInt8 in [0, 16, 255] { changed.append(image.bytes.with([count], at: table + 5)) }
    changed.append(image.bytes.with([0xff, 0xff, 0xff, 0xff], at: frame + 5))
    for bytes in changed { _ = try inspect(document([stream(bytes, filter: "DCTDecode")])) }
    // Every byte of the headers.
    for index in 0..<image.scans[0].data.lowerBound {
      for value: UInt8 in [0, 0xff, image.bytes[index] ^ 0x10] {
        _ = try inspect(document([stream(image.bytes.with([value], at: index), filter: "DCTDecode")]))
      }
    }
  }

  /// Each search for a keyword that isn't there would read the whole file.
  @Test func streamsWithoutAnEnd() throws {
    let begin = repeated(Array("4 0 obj<<>>stream\n".utf8), 20_000)
    let source = CountingSource(document([stream(zlib("BT ET"))], trailing: begin))
    _ = try engine.inspect(source)
    #expect(source.bytesRead < 8 << 20, "\(source.bytesRead) bytes were read")
  }
}
