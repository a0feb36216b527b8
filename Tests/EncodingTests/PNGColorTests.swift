@testable import PreflightEncoding
@testable import PreflightTestSupport
import Testing

/// What the colors of a PNG become, by what it says about them (PNG, third edition, 4.3 and 11.3.2).
@Suite struct PNGColorTests {
  private typealias Pixel = Raster.Pixel

  private static let rules = {
    var rules = StickerEncoder.Rules()
    (rules.width, rules.height) = (64, 64)
    return rules
  }()

  /// The color of the middle, in the PNG that is made of a file and in the sticker. Both are without loss.
  private func made(_ file: [UInt8], frameRate: Double? = nil) throws -> [Pixel] {
    let file = try ImageFile(file, frameRate: frameRate)
    let files = [
      try PictureEncoder(PictureEncoder.Rules()).image(of: file),
      try StickerEncoder(Self.rules).sticker(of: file),
    ]
    return try files.map { bytes in
      let image = try ImageFile(bytes).image()
      return image.pixels[image.height / 2 * image.width + image.width / 2]
    }
  }

  private func expect(
    _ file: [UInt8], frameRate: Double? = nil, is red: UInt8, _ green: UInt8, _ blue: UInt8,
    _ alpha: UInt8 = 255,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let color = Pixel(red, green, blue, alpha)
    let made = try made(file, frameRate: frameRate)
    #expect(made == [color, color], sourceLocation: location)
  }

  private static func png(_ chunks: [UInt8]) -> [UInt8] { PNGBuilder.image(2, [200, 100, 50], chunks) }

  // MARK: 16 bits

  /// Samples of 16 bits are in sRGB as well, unless the file says otherwise.
  @Test func sixteenBitsAreSRGB() throws {
    let sRGB = PNGBuilder.chunk("sRGB", [0])
    let profile = PNGBuilder.profile(Profiles.matrix(Profiles.ownCurve))
    let color = number(97 * 257, 2) + number(11 * 257, 2) + number(132 * 257, 2)
    for chunks in [[], sRGB, profile, PNGBuilder.gamma(45_455), PNGBuilder.gamma(100_000) + profile] {
      try expect(PNGBuilder.image(2, depth: 16, color, chunks), is: 97, 11, 132)
      try expect(PNGBuilder.image(6, depth: 16, color + number(128 * 257, 2), chunks), is: 97, 11, 132, 128)
    }
    for chunks in [[], sRGB, PNGBuilder.gamma(45_455)] {
      try expect(PNGBuilder.image(0, depth: 16, [128, 128], chunks), is: 128, 128, 128)
      try expect(PNGBuilder.image(4, depth: 16, [128, 128, 0x40, 0x40], chunks), is: 128, 128, 128, 64)
    }
    let animation = PNGBuilder.animation([[97, 11, 132], [1, 2, 3]])
    try expect(animation, is: 97, 11, 132)
  }

  @Test func theFixtureOfSixteenBitsKeepsItsColors() throws {
    let image = try ImageFile(Fixture.bytes("pictures/rgb-16bit.png")).image()
    // As other decoders have it.
    #expect(image.pixels[16 * 48] == Pixel(97, 11, 132, 255))
  }

  // MARK: gAMA

  /// A gamma counts, with samples of 8 bits and of 16, where nothing else does. libpng takes sRGB for a power of 2.2, of which
  /// half the light is 186.
  @Test func gammaCounts() throws {
    let linear = PNGBuilder.gamma(100_000)
    try expect(PNGBuilder.image(0, [128], linear), is: 186, 186, 186)
    try expect(PNGBuilder.image(0, depth: 16, [128, 128], linear), is: 186, 186, 186)
    try expect(PNGBuilder.image(0, [128], linear + PNGBuilder.chunk("sRGB", [0])), is: 128, 128, 128)
    try expect(PNGBuilder.image(0, [128], PNGBuilder.chunk("sRGB", [0]) + linear), is: 128, 128, 128)
  }

  // MARK: Animations

  /// What says that a PNG is animated may stand behind any chunk but the image.
  @Test func anAnimationIsRecognizedBehindOtherChunks() throws {
    let colors: [[UInt8]] = [[200, 100, 50], [50, 200, 100], [10, 20, 250]]
    let text = PNGBuilder.chunk("tEXt", Array("Comment\0see the IDAT chunk".utf8))
    let long = PNGBuilder.chunk("tEXt", Array("Comment\0".utf8) + [UInt8](repeating: 0x61, count: 70_000))
    for chunks in [[], text, long] {
      let file = try ImageFile(PNGBuilder.animation(colors, first: chunks))
      var found: [Pixel] = []
      try file.forEachFrame { frame throws(EncodingError) in found.append(frame.image.pixels[0]) }
      #expect(found == colors.map { Pixel($0[0], $0[1], $0[2], 255) })
    }
    let still = try ImageFile(Self.png(PNGBuilder.chunk("tEXt", Array("Comment\0acTL".utf8))))
    #expect(!still.mayBeAnimated)
  }
}
