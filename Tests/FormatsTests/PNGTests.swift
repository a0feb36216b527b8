import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct PNGTests {
  @Test(arguments: [
    ("rgb", ColorModel.rgb, 8, false, false), ("rgb-16bit", .rgb, 16, false, false),
    ("rgba", .rgba, 8, true, false), ("gray-1bit", .gray, 1, false, false),
    ("gray-alpha", .grayAlpha, 8, true, false), ("palette-transparent", .palette, 4, true, false),
    ("interlaced", .rgb, 8, false, true),
  ])
  func factsOfSoundPictures(
    name: String, colorModel: ColorModel, bitDepth: Int, hasAlpha: Bool, progressive: Bool
  ) throws {
    let inspection = try inspect(fixture: "pictures/\(name).png")
    var facts = Facts()
    facts.width = 48
    facts.height = 32
    facts.bitDepth = bitDepth
    facts.colorModel = colorModel
    facts.hasAlpha = hasAlpha
    facts.progressive = progressive
    facts.animated = false
    facts.frameCount = 1
    #expect(inspection.mediaType == "image/png")
    #expect(inspection.facts == facts)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
    #expect(inspection.locationMetadataOffset == nil)
  }

  @Test func framesOfAnAnimation() throws {
    let animated = try inspect(fixture: "pictures/animated.png")
    #expect(animated.mediaType == "image/png")
    #expect(animated.facts.animated == true)
    #expect(animated.facts.frameCount == 3)
    #expect(animated.facts.minFrameDurationMilliseconds == 40)
    #expect(animated.facts.durationMilliseconds == 390)
    #expect(animated.faults == [])
    // A static image without a frame control of its own isn't a frame.
    let behind = try inspect(fixture: "pictures/animated-behind-static.png")
    #expect(behind.facts.animated == true)
    #expect(behind.facts.frameCount == 2)
    #expect(behind.facts.minFrameDurationMilliseconds == 40)
    #expect(behind.facts.durationMilliseconds == 140)
    #expect(behind.faults == [])
  }

  @Test func oneFrameIsNoAnimation() throws {
    var picture = try PNGBytes("animated")
    let frames = try #require(picture.chunks.firstIndex { $0.type == "fdAT" }) - 1
    picture.chunks.removeSubrange(frames..<picture.chunks.count - 1)
    picture.chunks[try picture.index("acTL")].data[3] = 1
    let inspection = try inspect(picture.bytes)
    #expect(inspection.facts.animated == false)
    #expect(inspection.facts.frameCount == 1)
    #expect(inspection.facts.durationMilliseconds == nil)
    #expect(inspection.faults == [])
  }

  @Test func delayWithoutADenominatorIsInHundredths() throws {
    var picture = try PNGBytes("animated")
    for index in picture.chunks.indices where picture.chunks[index].type == "fcTL" {
      picture.chunks[index].data.replaceSubrange(20..<24, with: [0, 7, 0, 0])
    }
    #expect(try inspect(picture.bytes).facts.minFrameDurationMilliseconds == 70)
  }

  @Test func framesWithoutAControlChunkAreNoAnimation() throws {
    var picture = try PNGBytes("animated")
    picture.chunks.remove(at: try picture.index("acTL"))
    let inspection = try inspect(picture.bytes)
    #expect(inspection.facts.animated == false)
    #expect(inspection.facts.frameCount == 1)
    #expect(inspection.faults == [])
  }

  @Test func orientationAndPlace() throws {
    let exif = try inspect(fixture: "pictures/exif-place.png")
    #expect(exif.facts.orientation == 3)
    #expect(exif.locationMetadataOffset == 143)
    #expect(try inspect(fixture: "pictures/xmp-place.png").locationMetadataOffset == 338)
  }

  @Test(arguments: ["rgb", "interlaced", "gray-1bit", "palette-transparent", "animated"])
  func cutsAreTold(name: String) throws {
    try expectTellsCuts(Fixture.bytes("pictures/\(name).png"))
  }

  @Test func everyCutIsTold() throws {
    let bytes = try Fixture.bytes("pictures/gray-1bit.png")
    for length in 8..<bytes.count {
      #expect(try inspect(Array(bytes[..<length])).namedFaults == [NamedFault("truncated", length)])
    }
  }

  @Test func everyFlippedBitIsTold() throws {
    let bytes = try Fixture.bytes("pictures/gray-1bit.png")
    for index in 8..<bytes.count {
      #expect(try !inspect(bytes.with([bytes[index] ^ 1], at: index)).faults.isEmpty, "byte \(index)")
    }
  }

  @Test func survivesBadInput() throws {
    expectSurvivesCuts(try Fixture.bytes("pictures/gray-1bit.png"))
    expectSurvivesFlips(try Fixture.bytes("pictures/palette-transparent.png"), first: 60)
    // With check values that hold, so that the numbers are taken for what they say.
    let picture = try PNGBytes("animated-behind-static")
    for chunk in picture.chunks.indices where picture.chunks[chunk].type != "IDAT" {
      for index in picture.chunks[chunk].data.indices.prefix(26) {
        for value: UInt8 in [0, 1, 0x7f, 0xff] {
          var variant = picture
          variant.chunks[chunk].data[index] = value
          #expect(throws: Never.self) { try inspect(variant.bytes) }
        }
      }
    }
  }

  @Test func trailingData() throws {
    let rgb = try Fixture.bytes("pictures/rgb.png")
    #expect(try inspect(rgb + [0, 0, 0, 0]).trailingDataOffset == nil)
    #expect(try inspect(rgb + Array("PK".utf8)).trailingDataOffset == UInt64(rgb.count))
  }

  // MARK: Faults

  @Test func spoiledSignature() throws {
    let rgb = try Fixture.bytes("pictures/rgb.png")
    let spoiled = [
      rgb.with([0x09], at: 0), rgb.with([0x51], at: 1), rgb.with([0x67], at: 3), rgb.with([0x20], at: 6),
      rgb.without(4..<5), rgb.inserting([0x0d], at: 7),
    ]
    for bytes in spoiled {
      let inspection = try inspect(bytes)
      #expect(inspection.mediaType == "image/png")
      #expect(inspection.namedFaults == [NamedFault("signature", 0)])
    }
    #expect(try inspect(Array("A PNG begins with an IHDR chunk.".utf8)).faults == [])
  }

  @Test(
    arguments: [
      ("dimensions", 0, [0, 0, 0, 0], 16), ("dimensions", 4, [0x80, 0, 0, 0], 16), ("bit-depth", 8, [4], 24),
      ("bit-depth", 8, [0], 24), ("color-type", 9, [1], 25), ("color-type", 9, [7], 25),
      ("method", 10, [1], 26),
      ("method", 11, [64], 27), ("method", 12, [2], 28),
    ] as [(String, Int, [UInt8], Int)])
  func faultsOfTheHeader(name: String, index: Int, value: [UInt8], offset: Int) throws {
    var picture = try PNGBytes("rgb")
    picture.chunks[0].data.replaceSubrange(index..<index + value.count, with: value)
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault(name, offset)])
  }

  @Test func faultsOfChunks() throws {
    let rgb = try PNGBytes("rgb")
    let data = try rgb.offset("IDAT")
    #expect(
      try inspect(rgb.bytes.with([0x30], at: data + 4)).namedFaults == [NamedFault("chunk-type", data + 4)])
    #expect(try inspect(rgb.bytes.with([0x80], at: data)).namedFaults == [NamedFault("chunk-length", data)])
    let checksum = data + 8 + rgb.bytes.bigEndian32(at: data)
    let flipped = rgb.bytes.with([rgb.bytes[checksum] ^ 1], at: checksum)
    #expect(try inspect(flipped).namedFaults == [NamedFault("crc-mismatch", checksum)])

    var long = rgb
    long.chunks[0].data.append(0)
    #expect(try inspect(long.bytes).namedFaults == [NamedFault("header-length", 8)])
    // An unimportant chunk's check value is no reason to stop.
    var text = rgb
    text.chunks.insert(PNGBytes.Chunk("tEXt", Array("Title\0x".utf8)), at: 1)
    #expect(try inspect(text.bytes).faults == [])
    let spoiledText = try inspect(text.bytes.with([0x79], at: 33 + 8 + 6))
    #expect(spoiledText.namedFaults == [NamedFault("crc-mismatch", 33 + 8 + 7)])
    #expect(spoiledText.facts.frameCount == 1)
  }

  @Test func faultsOfTheOrder() throws {
    let rgb = try PNGBytes("rgb")
    let data = try rgb.index("IDAT")
    var picture = rgb
    picture.chunks.removeFirst()
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("missing-header", 8)])
    picture = rgb
    picture.chunks.insert(picture.chunks[0], at: 1)
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("second-header", 33)])
    picture = rgb
    picture.chunks.removeAll { $0.type == "IDAT" }
    #expect(
      try inspect(picture.bytes).namedFaults == [NamedFault("no-image-data", try picture.offset("IEND"))])
    picture = rgb
    picture.chunks.insert(PNGBytes.Chunk("ABCD", [1]), at: data)
    #expect(
      try inspect(picture.bytes).namedFaults == [NamedFault("unknown-critical-chunk", try rgb.offset("IDAT"))]
    )
    picture.chunks[data].type = "aBCD"
    #expect(try inspect(picture.bytes).faults == [])
  }

  @Test func faultsOfThePalette() throws {
    let original = try PNGBytes("palette-transparent")
    let palette = try original.index("PLTE")
    var picture = original
    picture.chunks.remove(at: palette)
    #expect(
      try inspect(picture.bytes).namedFaults == [NamedFault("missing-palette", try picture.offset("IDAT"))])
    picture = original
    picture.chunks[palette].data.append(0)
    #expect(
      try inspect(picture.bytes).namedFaults == [NamedFault("palette-length", try original.offset("PLTE"))])
    picture = original
    picture.chunks.insert(picture.chunks[palette], at: palette + 1)
    let second = try original.offset("PLTE") + 12 + original.chunks[palette].data.count
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("second-palette", second)])
  }

  @Test func dataThatDoesNotMakeThePicture() throws {
    let original = try PNGBytes("rgb")
    let data = try original.index("IDAT")
    let start = try original.offset("IDAT") + 8
    // A taller picture than there are rows.
    var picture = original
    picture.chunks[0].data[7] += 1
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("not-enough-image-data", start)])
    // The last half is missing, and the chunks are whole.
    picture = original
    picture.chunks[data].data.removeLast(picture.chunks[data].data.count / 2)
    let next = start + picture.chunks[data].data.count + 4
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("not-enough-image-data", next)])
    picture = original
    picture.chunks[data].data[0] = 0
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("compressed-data", start)])
    // Stored, not compressed, so that the filter type of a row can be set.
    var small = PNGBytes(stored: [[0, 1, 2, 3], [4, 1, 2, 3]], width: 1, bitDepth: 8, colorType: 2)
    #expect(try inspect(small.bytes).faults == [])
    small = PNGBytes(stored: [[0, 1, 2, 3], [5, 1, 2, 3]], width: 1, bitDepth: 8, colorType: 2)
    #expect(try inspect(small.bytes).namedFaults == [NamedFault("filter-type", try small.offset("IDAT") + 8)])
  }

  @Test func dataInManyChunks() throws {
    var picture = try PNGBytes("interlaced")
    let data = try picture.index("IDAT")
    let bytes = picture.chunks[data].data
    picture.chunks.remove(at: data)
    for byte in bytes.reversed() { picture.chunks.insert(PNGBytes.Chunk("IDAT", [byte]), at: data) }
    picture.chunks.insert(PNGBytes.Chunk("IDAT", []), at: data)
    #expect(try inspect(picture.bytes).faults == [])
    // Whatever stands between them ends them.
    picture.chunks.insert(PNGBytes.Chunk("tEXt", []), at: data + 9)
    let gap = try picture.offset("tEXt")
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("not-enough-image-data", gap)])
  }

  /// 8 MiB of rows are the most that is decompressed at a stroke, from 2 MiB on in a room that all share; the
  /// other way must say the same.
  @Test(arguments: [511, 512, 513, 2047, 2048, 2049])
  func picturesAroundTheSizeOfOneStroke(rows: Int) throws {
    var picture = PNGBytes(blankRows: rows)
    #expect(try inspect(picture.bytes).faults == [])
    // The check value: right, wrong in each of its bytes, and cut, as decoders put up with.
    let data = picture.chunks[1].data
    let check = bigEndian(PNGBytes.checkValue(ofZeros: rows * 4096))
    picture.chunks[1].data = data + check + [1, 2, 3]
    #expect(try inspect(picture.bytes).faults == [])
    let place = try picture.offset("IDAT") + 8
    for index in 0..<4 {
      var wrong = check
      wrong[index] ^= 1
      picture.chunks[1].data = data + wrong
      #expect(try inspect(picture.bytes).namedFaults == [NamedFault("compressed-data-end", place)])
      picture.chunks[1].data = data + wrong[..<3]
      #expect(try inspect(picture.bytes).faults == [])
    }
    // What is wrong shows in the chunk that has its last byte.
    picture.chunks[1].data = data + [0, 0, 0]
    picture.chunks.insert(PNGBytes.Chunk("IDAT", [0]), at: 2)
    #expect(
      try inspect(picture.bytes).namedFaults == [
        NamedFault("compressed-data-end", picture.offset(ofChunk: 2) + 8)
      ])
    var spoiled = PNGBytes(blankRows: rows, lastFilterType: 5)
    let start = try spoiled.offset("IDAT") + 8
    #expect(try inspect(spoiled.bytes).namedFaults == [NamedFault("filter-type", start)])
    // In two chunks, the fault is the second one's.
    let rest = Array(spoiled.chunks[1].data[100...])
    spoiled.chunks[1].data.removeSubrange(100...)
    spoiled.chunks.insert(PNGBytes.Chunk("IDAT", rest), at: 2)
    #expect(try inspect(spoiled.bytes).namedFaults == [NamedFault("filter-type", start + 100 + 12)])
    // A row more than the data makes, and a row less, which decoders don't mind.
    var taller = PNGBytes(blankRows: rows)
    taller.chunks[0].data.replaceSubrange(4..<8, with: bigEndian(UInt32(rows + 1)))
    let end = try taller.offset("IEND")
    #expect(try inspect(taller.bytes).namedFaults == [NamedFault("not-enough-image-data", end)])
    taller.chunks[0].data.replaceSubrange(4..<8, with: bigEndian(UInt32(rows - 1)))
    #expect(try inspect(taller.bytes).faults == [])
  }

  @Test func hugePromises() throws {
    // Few bytes that promise 2³¹ × 2³¹ points: no decompression, and no doubt either.
    for (width, height) in [(Int32.max, Int32.max), (1, Int32.max), (Int32.max, 1)] {
      for interlaced: UInt8 in [0, 1] {
        var picture = try PNGBytes("rgba")
        picture.chunks[0].data.replaceSubrange(0..<8, with: bigEndian(width) + bigEndian(height))
        picture.chunks[0].data[12] = interlaced
        let inspection = try inspect(picture.bytes)
        #expect(inspection.facts.width == Int(width))
        #expect(inspection.faults.map(\.name) == ["not-enough-image-data"])
      }
    }
  }

  @Test func passesOfSmallInterlacedPictures() throws {
    // One point is in the first pass alone; five in a row take three passes.
    var one = PNGBytes(stored: [[0, 7]], width: 1, bitDepth: 8, colorType: 0)
    one.chunks[0].data[12] = 1
    #expect(try inspect(one.bytes).faults == [])
    var five = PNGBytes(stored: [[0, 1], [0, 1], [0, 1], [0, 1, 2]], width: 5, bitDepth: 8, colorType: 0)
    five.chunks[0].data.replaceSubrange(4..<8, with: [0, 0, 0, 1])
    five.chunks[0].data[12] = 1
    #expect(try inspect(five.bytes).faults == [])
  }

  @Test func applesVariant() throws {
    var picture = try PNGBytes("rgb")
    picture.chunks.insert(PNGBytes.Chunk("CgBI", [0x50, 0, 0x20, 6]), at: 0)
    let data = try picture.index("IDAT")
    picture.chunks[data].data.removeFirst(2)
    let inspection = try inspect(picture.bytes)
    #expect(inspection.mediaType == "image/png")
    #expect(inspection.facts.width == 48)
    #expect(inspection.namedFaults == [NamedFault("apple-variant", 8)])
  }

  /// The order of the two is free before the image data (PNG, table 5.3), and browsers play it.
  @Test func frameControlBeforeAnimationControl() throws {
    let original = try PNGBytes("animated")
    let animation = try original.index("acTL")
    let frame = try original.index("fcTL")
    #expect(animation < frame)
    var picture = original
    picture.chunks.insert(picture.chunks.remove(at: frame), at: animation)
    #expect(try inspect(picture.bytes).faults == [])
    #expect(try inspect(picture.bytes).facts == inspect(original.bytes).facts)
    // What it says is held against the picture all the same.
    picture.chunks[animation].data[7] = 23
    let offset = picture.offset(ofChunk: animation)
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("frame-outside-picture", offset + 12)])
    // Without acTL before the image data it means nothing.
    picture.chunks.remove(at: animation + 1)
    #expect(try inspect(picture.bytes).faults == [])
    #expect(try inspect(picture.bytes).facts.frameCount == 1)
  }

  @Test func faultsOfTheAnimation() throws {
    let original = try PNGBytes("animated")
    let controls = original.chunks.indices.filter { original.chunks[$0].type == "fcTL" }
    let second = original.offset(ofChunk: controls[1])

    var picture = original
    picture.chunks[controls[1]].data[3] = 9
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("frame-sequence", second + 8)])
    picture = original
    picture.chunks[controls[1]].data[15] = 9
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("frame-outside-picture", second + 12)])
    picture = original
    picture.chunks[controls[0]].data[7] = 23
    let first = original.offset(ofChunk: controls[0])
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("frame-outside-picture", first + 12)])
    picture = original
    picture.chunks[controls[1]].data[24] = 3
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("frame-operation", second + 32)])
    picture = original
    picture.chunks[controls[1]].data.removeLast()
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("animation-chunk-length", second)])
    picture = original
    picture.chunks[try original.index("acTL")].data[3] = 4
    #expect(
      try inspect(picture.bytes).namedFaults == [NamedFault("missing-frames", try original.offset("IEND"))])
    #expect(try inspect(picture.bytes).facts.frameCount == 3)

    let frameData = controls[1] + 1
    picture = original
    picture.chunks.remove(at: controls[1])
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("frame-data-without-control", second)])
    picture = original
    picture.chunks.removeSubrange(frameData..<controls[2])
    let third = second + 12 + 26
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("frame-without-data", third)])
    picture = original
    picture.chunks[frameData].data[6] ^= 0xff
    #expect(try inspect(picture.bytes).faults.map(\.clause) == ["PNG 10.1"])
    picture = original
    picture.chunks[frameData].data.removeLast(40)
    let end = original.offset(ofChunk: controls[2]) - 40
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("not-enough-image-data", end)])
  }
}

/// A PNG as its chunks, which are written with lengths and check values that hold.
private struct PNGBytes {
  struct Chunk {
    var type: String
    var data: [UInt8]

    init(_ type: String, _ data: [UInt8]) {
      self.type = type
      self.data = data
    }
  }

  var chunks: [Chunk] = []

  init(_ name: String) throws {
    let bytes = try Fixture.bytes("pictures/\(name).png")
    var index = 8
    while index < bytes.count {
      let length = bytes.bigEndian32(at: index)
      let type = String(decoding: bytes[index + 4..<index + 8], as: UTF8.self)
      chunks.append(Chunk(type, Array(bytes[index + 8..<index + 8 + length])))
      index += 12 + length
    }
  }

  /// A picture whose rows, filter types included, are stored without compression.
  init(stored rows: [[UInt8]], width: UInt32, bitDepth: UInt8, colorType: UInt8) {
    let data = Array(rows.joined())
    let (a, b) = data.reduce((UInt32(1), UInt32(0))) { sums, byte in
      let a = (sums.0 + UInt32(byte)) % 65521
      return (a, (sums.1 + a) % 65521)
    }
    let length = UInt16(data.count)
    let deflated =
      [0x78, 0x01, 1] + littleEndian(length) + littleEndian(~length) + data + bigEndian(b << 16 | a)
    let header = bigEndian(width) + bigEndian(UInt32(rows.count)) + [bitDepth, colorType, 0, 0, 0]
    chunks = [Chunk("IHDR", header), Chunk("IDAT", deflated), Chunk("IEND", [])]
  }

  /// A black picture of 4095 gray points in a row, so that a row has 4096 bytes, well compressed.
  init(blankRows rows: Int, lastFilterType: UInt8 = 0) {
    var bits = FixedHuffmanBits()
    bits.zeros((rows - 1) * 4096)
    bits.literal(lastFilterType)
    bits.zeros(4095)
    let header = bigEndian(UInt32(4095)) + bigEndian(UInt32(rows)) + [8, 0, 0, 0, 0]
    chunks = [Chunk("IHDR", header), Chunk("IDAT", [0x78, 0x01] + bits.finished()), Chunk("IEND", [])]
  }

  var bytes: [UInt8] {
    chunks.reduce(into: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { bytes, chunk in
      let body = Array(chunk.type.utf8) + chunk.data
      bytes += bigEndian(UInt32(chunk.data.count)) + body + bigEndian(Self.checksum(body))
    }
  }

  /// The check value of zlib (Adler-32, RFC 1950) of nothing but zeros, of which the first sum stays 1.
  static func checkValue(ofZeros count: Int) -> UInt32 { UInt32(count % 65521) << 16 | 1 }

  func index(_ type: String) throws -> Int { try #require(chunks.firstIndex { $0.type == type }) }

  func offset(ofChunk index: Int) -> Int { 8 + chunks[..<index].reduce(0) { $0 + 12 + $1.data.count } }

  func offset(_ type: String) throws -> Int { offset(ofChunk: try index(type)) }

  private static let checksums: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xedb8_8320) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = value >> 8 ^ checksums[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
    return ~value
  }
}

/// A DEFLATE stream of one block with fixed codes (RFC 1951, section 3.2.6). The check value of zlib that
/// would follow is left out: decoders of PNG don't miss it.
private struct FixedHuffmanBits {
  private var bits = LowBitWriter()

  init() {
    // The last block, of type 01.
    bits.number(0b011, 3)
  }

  /// A byte below 144.
  mutating func literal(_ byte: UInt8) { bits.code(0x30 + Int(byte), 8) }

  mutating func zeros(_ count: Int) {
    guard count > 0 else { return }
    literal(0)
    // Length 258 at distance 1.
    for _ in 0..<(count - 1) / 258 {
      bits.code(0xc5, 8)
      bits.code(0, 5)
    }
    for _ in 0..<(count - 1) % 258 { literal(0) }
  }

  mutating func finished() -> [UInt8] {
    bits.code(0, 7)
    return bits.bytes
  }
}
