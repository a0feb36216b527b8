@testable import PreflightEncoding
@testable import PreflightTestSupport
import Testing

/// What the colors of a PNG become, by what it says about them (PNG, third edition, 4.3 and 11.3.2).
@Suite struct PNGColorTests {
  private typealias Pixel = Raster.Pixel

  /// The color of the middle, in the PNG that is made of a file and in the sticker. Both are without loss.
  private func made(_ file: [UInt8], frameRate: Double? = nil) throws -> [Pixel] {
    let file = try ImageFile(file, frameRate: frameRate)
    let files = [
      try PictureEncoder(PictureEncoder.Rules()).image(of: file),
      try StickerEncoder(.small).sticker(of: file),
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

  private static let linear = Profiles.matrix(Profiles.gamma(1))
  private static let gamma18 = Profiles.matrix(Profiles.gamma(1.8))

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

  /// ffmpeg writes the gamma of the video's standard, which players don't convert to that of a screen.
  @Test func framesOfAVideoHaveTheirColors() throws {
    let gamma = PNGBuilder.gamma(50_994)
    try expect(PNGBuilder.image(2, [200, 100, 50], gamma), frameRate: 15, is: 200, 100, 50)
    try expect(PNGBuilder.image(2, [200, 100, 50], gamma), is: 205, 111, 60)
  }

  // MARK: Profiles

  /// A profile for gray is for gray images alone, and one for RGB for those with colors.
  @Test func aProfileForOtherImagesIsIgnored() throws {
    let gray = Profiles.gray(Profiles.gamma(1))
    let own = PNGBuilder.profile(gray)
    try expect(PNGBuilder.image(2, [255, 0, 0], own), is: 255, 0, 0)
    try expect(PNGBuilder.image(2, depth: 16, [255, 255, 0, 0, 1, 1], own), is: 255, 0, 1)
    try expect(PNGBuilder.image(3, [0], own + PNGBuilder.chunk("PLTE", [255, 0, 0])), is: 255, 0, 0)
    try expect(PNGBuilder.animation([[255, 0, 0], [0, 0, 255]], second: own), is: 255, 0, 0)
    try expect(PNGBuilder.image(0, [128], PNGBuilder.profile(Self.linear)), is: 128, 128, 128)
    try expect(PNGBuilder.image(4, [128, 9], PNGBuilder.profile(Self.linear)), is: 128, 128, 128, 9)
    // Those that suit count.
    try expect(PNGBuilder.image(0, [128], own), is: 188, 188, 188)
    try expect(PNGBuilder.image(4, [128, 9], own), is: 188, 188, 188, 9)
    try expect(PNGBuilder.image(0, depth: 16, [128, 128], own), is: 188, 188, 188)
    try expect(
      PNGBuilder.image(3, [0], PNGBuilder.profile(Self.linear) + PNGBuilder.chunk("PLTE", [128, 0, 128])),
      is: 188, 0, 188)
    // A profile that is ignored leaves the gamma.
    try expect(PNGBuilder.image(2, [128, 0, 0], own + PNGBuilder.gamma(100_000)), is: 186, 0, 0)
  }

  /// Of gray, a profile that leads to Lab has the lightness.
  @Test func grayMayBeLightness() throws {
    let own = Profiles.gray(Profiles.gamma(1), to: "Lab ")
    // L* 50.2 is a light of 0.1858, and that is 119 in sRGB.
    try expect(PNGBuilder.image(0, [128], PNGBuilder.profile(own)), is: 119, 119, 119)
    try expect(PNGBuilder.image(0, [0], PNGBuilder.profile(own)), is: 0, 0, 0)
    try expect(PNGBuilder.image(0, [255], PNGBuilder.profile(own)), is: 255, 255, 255)
  }

  @Test func theFirstProfileCounts() throws {
    try expect(Self.png(PNGBuilder.profile(Self.linear)), is: 229, 168, 122)
    try expect(
      Self.png(PNGBuilder.profile(Self.linear) + PNGBuilder.profile(Self.gamma18)), is: 229, 168, 122)
  }

  /// A broken profile, or one that isn't for images, is as good as none.
  @Test func aProfileThatIsNoneIsIgnored() throws {
    let own = PNGBuilder.profile(Self.linear)
    for index in [own.count - 1, own.count - 20] {
      try expect(Self.png(own.with([own[index] ^ 1], at: index)), is: 200, 100, 50)
    }
    try expect(Self.png(PNGBuilder.profile(Self.linear, method: 1)), is: 200, 100, 50)
    try expect(Self.png(PNGBuilder.profile(Self.linear.with(Array("xxxx".utf8), at: 36))), is: 200, 100, 50)
    for name in ["link", "abst", "nmcl"] {
      try expect(Self.png(PNGBuilder.profile(Self.linear.with(Array(name.utf8), at: 12))), is: 200, 100, 50)
    }
    for name in ["scnr", "prtr", "spac"] {
      try expect(Self.png(PNGBuilder.profile(Self.linear.with(Array(name.utf8), at: 12))), is: 229, 168, 122)
    }
    for size in [0, 131, Self.linear.count + 1, 1 << 31] {
      try expect(Self.png(PNGBuilder.profile(Self.linear.with(number(size, 4), at: 0))), is: 200, 100, 50)
    }
    // Bytes after the profile don't count.
    try expect(Self.png(PNGBuilder.profile(Self.linear + [0, 0, 0])), is: 229, 168, 122)
  }

  /// The code points of a video signal go first, if they are those of sRGB.
  @Test func codePointsGoBeforeTheProfile() throws {
    let profile = PNGBuilder.profile(Self.linear)
    let sRGB = PNGBuilder.chunk("cICP", [1, 13, 0, 1])
    for chunks in [sRGB + profile, profile + sRGB, sRGB, sRGB + PNGBuilder.gamma(100_000)] {
      try expect(Self.png(chunks), is: 200, 100, 50)
    }
    try expect(PNGBuilder.animation([[200, 100, 50], [1, 2, 3]], second: sRGB + profile), is: 200, 100, 50)
    // Others aren't understood.
    for other: [UInt8] in [[9, 16, 0, 1], [1, 13, 0, 0], [1, 13, 0]] {
      try expect(Self.png(PNGBuilder.chunk("cICP", other) + profile), is: 229, 168, 122)
    }
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

  /// The profile is read once, however many frames there are. Reading it for each takes many minutes.
  @Test(.timeLimit(.minutes(3))) func manyFramesWithALargeProfileTakeNoLonger() throws {
    let colors = (0..<1000).map { [UInt8(truncatingIfNeeded: $0), 9, 9] }
    // Any color becomes a gray of L* 50.2.
    let profile = PNGBuilder.profile(Profiles.table(side: 64))
    let file = try ImageFile(PNGBuilder.animation(colors, side: 1, second: profile))
    var rules = StickerEncoder.Rules.small
    (rules.width, rules.height) = (4, 4)
    let made = try ImageFile(StickerEncoder(rules).sticker(of: file)).image()
    #expect(made.pixels == [Pixel](repeating: Pixel(119, 119, 119, 255), count: 16))
  }
}
