import MediaPreflight
@testable import PreflightEncoding
@testable import PreflightTestSupport
import Testing

/// Stickers and images that are made of others, checked by the engine.
@Suite struct EncodingTests {
  private typealias Pixel = Raster.Pixel

  private static func file(_ name: String) throws -> ImageFile {
    try ImageFile(Fixture.bytes("pictures/\(name)"))
  }

  @Test(arguments: [
    "rgb.jpg", "cmyk.jpg", "gray.jpg", "progressive.jpg", "rgb.png", "gray-1bit.png", "rgb-16bit.png",
    "palette-transparent.png", "interlaced.png", "still.gif", "lossy-alpha.webp", "lossless.webp",
  ])
  func makesAStaticSticker(_ name: String) throws {
    let made = try StickerEncoder(.small).sticker(of: Self.file(name))
    let facts = try inspect(made).facts
    #expect(try inspect(made).faults == [])
    #expect(facts.width == 64 && facts.height == 64)
    #expect(facts.frameCount == 1)
    #expect(made.count <= 100_000)
  }

  @Test(arguments: [
    "animated.gif", "animated.png", "animated.webp", "sticker-7ms.webp", "sticker-10001ms.webp",
  ])
  func makesAnAnimatedSticker(_ name: String) throws {
    let made = try StickerEncoder(.small).sticker(of: Self.file(name))
    let inspection = try inspect(made)
    #expect(inspection.faults == [])
    #expect(inspection.facts.animated == true)
    #expect(inspection.facts.width == 64 && inspection.facts.height == 64)
    #expect((inspection.facts.minFrameDurationMilliseconds ?? 0) >= 8)
    #expect((inspection.facts.durationMilliseconds ?? .infinity) <= 10_000)
  }

  /// Limits on bytes hold, however small: first the quality falls, then the number of frames, never the whole time.
  @Test func sizesAreMeasured() throws {
    var rules = StickerEncoder.Rules.small
    rules.animatedByteCount = 3000
    let file = try Self.file("animated.gif")
    let all = try inspect(StickerEncoder(.small).sticker(of: file)).facts
    let made = try StickerEncoder(rules).sticker(of: file)
    #expect(made.count <= 3000)
    #expect(try inspect(made).facts.durationMilliseconds == all.durationMilliseconds)
    rules.staticByteCount = 500
    #expect(try StickerEncoder(rules).sticker(of: Self.file("rgb.jpg")).count <= 500)
    rules.staticByteCount = 20
    #expect(throws: EncodingError.self) { try StickerEncoder(rules).sticker(of: Self.file("rgb.jpg")) }
  }

  /// The image of a program that left the colors multiplied by the alpha.
  @Test func colorsAreDividedByTheAlpha() throws {
    let colors = [Pixel(100, 0, 50, 128), Pixel(7, 8, 9, 255), Pixel(9, 9, 9, 3), Pixel(1, 2, 3, 0)]
    let file = try Codecs.writePNG(Raster(width: 4, height: 1, pixels: colors))
    let image = try ImageFile(file, isPremultiplied: true).image()
    #expect(image.pixels == [Pixel(199, 0, 100, 128), Pixel(7, 8, 9, 255), Pixel(255, 255, 255, 3), Pixel()])
    #expect(try ImageFile(file).image().pixels == colors)
  }

  @Test func theImageIsLetterboxedOnTransparency() throws {
    let red = Raster(width: 4, height: 2, pixels: [Pixel](repeating: Pixel(200, 10, 10, 255), count: 8))
    let boxed = red.letterboxed(width: 8, height: 8)
    #expect(boxed.pixels[0] == Pixel())
    #expect(boxed.pixels[8 * 4 + 4] == Pixel(200, 10, 10, 255))
    #expect(boxed.pixels[8 * 7 + 4] == Pixel())
  }

  /// What is transparent doesn't color what isn't.
  @Test func scalingWeighsColorsByOpacity() {
    let pixels: [Pixel] = [
      Pixel(0, 255, 0, 0), Pixel(200, 0, 0, 255), Pixel(0, 255, 0, 0), Pixel(200, 0, 0, 255),
    ]
    let scaled = Raster(width: 2, height: 2, pixels: pixels).scaled(toWidth: 1, height: 1)
    #expect(scaled.pixels[0].y == 0)
    #expect(scaled.pixels[0].x >= 198)
  }

  @Test(arguments: 1...8)
  func theOrientationIsApplied(_ orientation: Int) {
    // The corner that is at the upper left when it is seen (Exif 2.32, 4.6.4).
    let corners = [1: 0, 2: 1, 3: 3, 4: 2, 5: 0, 6: 2, 7: 3, 8: 1]
    let image = Raster(width: 2, height: 2, pixels: (0..<4).map { Pixel(UInt8($0), 0, 0, 255) })
    #expect(image.turned(by: orientation).pixels[0].x == UInt8(corners[orientation] ?? 0))
  }

  /// Each kind of file is turned: what stands upright on its side has its borders above and below.
  @Test(arguments: [
    "rgb.jpg", "rgb.png", "animated.png", "lossy.webp", "animated.webp", "still.gif", "animated.gif",
  ])
  func stickersAreTurned(_ name: String) throws {
    let file = try Self.file(name)
    let image = try file.image()
    try #require(image.width != image.height)
    func isOpaque(_ orientation: Int, _ x: Int, _ y: Int) throws -> Bool {
      let made = try ImageFile(StickerEncoder(.small).sticker(of: file, orientation: orientation)).image()
      return made.pixels[y * made.width + x].w > 0
    }
    let isWide = image.width > image.height
    #expect(try isOpaque(1, 32, 0) == !isWide && isOpaque(1, 0, 32) == isWide)
    #expect(try isOpaque(6, 32, 0) == isWide && isOpaque(6, 0, 32) == !isWide)
  }

  /// The largest image is decoded whole; a larger JPEG at half its sides, and every one fits at an eighth of them.
  @Test func aJPEGOfTooManyPixelsIsHalved() throws {
    func size(_ name: String, _ width: UInt16, _ height: UInt16) throws -> [Int] {
      var bytes = try Fixture.bytes("pictures/\(name)")
      let frame = try #require(
        bytes.indices.first { bytes[$0] == 0xff && [0xc0, 0xc2].contains(bytes[$0 + 1]) })
      bytes.replaceSubrange(frame + 5..<frame + 9, with: bigEndian(height) + bigEndian(width))
      let image = try ImageFile(bytes).image()
      return [image.width, image.height]
    }
    #expect(try size("rgb.jpg", 8192, 8192) == [8192, 8192])
    #expect(try size("rgb.jpg", 8192, 8193) == [4096, 4097])
    #expect(try size("rgb.jpg", 12000, 9000) == [6000, 4500])
    #expect(throws: EncodingError("the JPEG has too many pixels")) {
      try size("progressive.jpg", 16384, 12289)
    }
  }

  @Test func otherImagesOfTooManyPixelsAreRefused() throws {
    var png = try Fixture.bytes("pictures/rgb.png")
    png.replaceSubrange(16..<24, with: bigEndian(UInt32(8193)) + bigEndian(UInt32(8192)))
    png.replaceSubrange(29..<33, with: bigEndian(crc32(Array(png[12..<29]))))
    #expect(throws: EncodingError("the PNG has too many pixels")) { try ImageFile(png).image() }
    var webP = try Fixture.bytes("pictures/lossy.webp")
    webP.replaceSubrange(26..<30, with: [0xff, 0x3f, 0xff, 0x3f])
    #expect(throws: EncodingError("the WebP has too many pixels")) { try ImageFile(webP).image() }
  }

  @Test func photosBecomeJPEGAndDrawingsPNG() throws {
    func made(_ name: String, _ rules: PictureEncoder.Rules = PictureEncoder.Rules(), isPhoto: Bool = false)
      throws
      -> [UInt8]
    { try PictureEncoder(rules).image(of: Self.file(name), isPhoto: isPhoto) }
    #expect(try engine.check(made("cmyk.jpg")).mediaType == "image/jpeg")
    #expect(try engine.check(made("cmyk.jpg")).verdict == .accepted)
    #expect(try engine.check(made("rgb-16bit.png")).mediaType == "image/png")
    #expect(try engine.check(made("rgb-16bit.png")).verdict == .accepted)
    #expect(try engine.check(made("lossy-alpha.webp")).mediaType == "image/png")
    #expect(try engine.check(made("progressive-large.jpg", isPhoto: true)).mediaType == "image/jpeg")
    var rules = PictureEncoder.Rules()
    rules.byteCount = 3000
    let small = try made("progressive-large.jpg", rules)
    #expect(small.count <= 3000)
    rules.acceptsJPEG = false
    #expect(try engine.check(made("progressive-large.jpg", rules)).mediaType == "image/png")
  }

  /// Transparent pixels become white where there is no transparency.
  @Test func transparencyBecomesWhite() {
    let image = Raster(width: 2, height: 1, pixels: [Pixel(), Pixel(0, 0, 0, 128)]).onWhite
    #expect(image.pixels[0] == Pixel(255, 255, 255, 255))
    #expect((126...128).contains(image.pixels[1].x))
  }

  /// The frames of a video come as PNG files in a row. Their times are whole milliseconds, and add up.
  @Test func framesOfAVideoComeOneAfterAnother() throws {
    let image = try Fixture.bytes("pictures/rgb.png")
    var times: [Int] = []
    var sizes: Set<Int> = []
    try ImageFile(image + image + image + image, frameRate: 15).forEachFrame { frame in
      times.append(frame.milliseconds)
      sizes.insert(frame.image.width)
    }
    #expect(times == [67, 66, 67, 67])
    #expect(sizes == [48])
    #expect(throws: EncodingError.self) {
      try ImageFile(image + image.dropLast(), frameRate: 15).forEachFrame { _ in }
    }
  }

  /// Each scan of a progressive JPEG goes through the whole image, however few bytes it has.
  @Test func aJPEGOfTooManyScansIsRefused() throws {
    let bytes = try Fixture.bytes("pictures/progressive.jpg")
    let scans = bytes.indices.dropLast().filter { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda }
    let last = try #require(scans.last)
    func repeated(_ count: Int) throws -> ImageFile {
      let scan = bytes[last..<bytes.count - 2]
      return try ImageFile(
        bytes.inserting((0..<count - scans.count).flatMap { _ in scan }, at: bytes.count - 2))
    }
    #expect(try repeated(99).image().width == ImageFile(bytes).image().width)
    #expect(throws: EncodingError("the JPEG has too many scans")) { try repeated(100).image() }
  }

  @Test(
    arguments: [
      "animated.gif", "still.gif", "animated.png", "animated.webp", "rgb.jpg", "cmyk.jpg", "rgb.png",
    ], [nil, 15])
  func survivesDamage(_ name: String, frameRate: Double?) throws {
    let bytes = try Fixture.bytes("pictures/\(name)")
    func survive(_ bytes: [UInt8]) {
      guard let file = try? ImageFile(bytes, frameRate: frameRate) else { return }
      var count = 0
      try? file.forEachFrame { frame throws(EncodingError) in
        count += 1
        if count > 50 || frame.image.pixels.count > 1 << 16 { throw EncodingError("enough") }
      }
    }
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 100)) {
      survive(Array(bytes[..<length]))
    }
    for index in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
      for value in [0, 0xff, bytes[index] ^ 1] as [UInt8] {
        var changed = bytes
        changed[index] = value
        survive(changed)
      }
    }
  }
}

extension StickerEncoder.Rules {
  /// A small canvas, so that a debug build is fast enough.
  static let small = {
    var rules = StickerEncoder.Rules()
    (rules.width, rules.height) = (64, 64)
    return rules
  }()
}
