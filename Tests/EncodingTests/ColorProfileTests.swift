@testable import PreflightEncoding
@testable import PreflightTestSupport
import Testing

/// Colors by ICC profiles that are built here. `.ci/fix` holds those of real ones against Little CMS.
@Suite struct ColorProfileTests {
  private typealias Pixel = Raster.Pixel

  @Test func sRGBIsLeftAsItIs() throws {
    let own = try #require(ColorProfile(Profiles.matrix(Profiles.ownCurve), channels: 3))
    #expect(own.isSRGB)
    let brighter = try #require(ColorProfile(Profiles.matrix(Profiles.gamma(1)), channels: 3))
    #expect(!brighter.isSRGB)
  }

  @Test func curvesAndColumnsCount() throws {
    let linear = try #require(ColorProfile(Profiles.matrix(Profiles.gamma(1)), channels: 3))
    // Half the light is 188 in sRGB (IEC 61966-2-1).
    #expect(linear.color(Pixel(0, 0, 0, 7)) == Pixel(0, 0, 0, 255))
    #expect(linear.color(Pixel(255, 255, 255, 7)) == Pixel(255, 255, 255, 255))
    #expect(linear.color(Pixel(128, 128, 128, 0)).y == 188)
    let swapped = try #require(ColorProfile(Profiles.matrix(Profiles.ownCurve, isSwapped: true), channels: 3))
    let color = swapped.color(Pixel(200, 50, 90, 255))
    #expect((49...51).contains(color.x) && (199...201).contains(color.y) && (89...91).contains(color.z))
    let gray = try #require(
      ColorProfile(Profiles.gray(Profiles.gamma(1)), channels: 1))
    #expect(gray.color(Pixel(128, 128, 128, 255)) == Pixel(188, 188, 188, 255))
  }

  @Test(arguments: ["mft1", "mft2"])
  func inksAreWhatTheTableSays(_ type: String) throws {
    let own = try #require(ColorProfile(Profiles.inks(type), channels: 4))
    let white = own.color(Pixel(0, 0, 0, 0))
    #expect(white.x >= 253 && white.y >= 253 && white.z >= 253)
    #expect(own.color(Pixel(0, 0, 0, 255)) == Pixel(0, 0, 0, 255))
    let red = own.color(Pixel(255, 0, 0, 0))
    #expect(red.x > 180 && red.y < 100)
  }

  /// A JPEG with four inks is converted by its profile, and without one by the usual formula.
  @Test func anImageOfInksIsConvertedByItsProfile() throws {
    let plain = try Fixture.bytes("pictures/cmyk.jpg")
    let converted = try ImageFile(plain.with(profile: Profiles.inks())).image()
    let formula = try ImageFile(plain).image()
    #expect(converted.pixels.count == formula.pixels.count)
    #expect(converted.profile == nil && formula.profile == nil)
    // The lower left corner has 236 parts of cyan, and nearly no black.
    let corner = 31 * 48
    #expect(formula.pixels[corner].x < 30)
    #expect(converted.pixels[corner].x > 180)
    #expect(converted.pixels.allSatisfy { $0.w == 255 })
  }

  /// A JPEG's profile counts if it is one for images with as many channels.
  @Test func aJPEGIgnoresAProfileForOtherImages() throws {
    func made(_ name: String, _ profile: [UInt8]?) throws -> [[Pixel]] {
      let plain = try Fixture.bytes("pictures/\(name)")
      let file = try ImageFile(profile.map { plain.with(profile: $0) } ?? plain)
      var rules = PictureEncoder.Rules()
      rules.acceptsJPEG = false
      return try [PictureEncoder(rules).image(of: file), StickerEncoder(.small).sticker(of: file)].map {
        try ImageFile($0).image().pixels
      }
    }
    let profiles = (
      gray: Profiles.gray(Profiles.gamma(1)), color: Profiles.matrix(Profiles.gamma(1)), inks: Profiles.inks()
    )
    #expect(try made("rgb.jpg", profiles.gray) == made("rgb.jpg", nil))
    #expect(try made("rgb.jpg", profiles.inks) == made("rgb.jpg", nil))
    #expect(try made("rgb.jpg", profiles.color) != made("rgb.jpg", nil))
    #expect(try made("gray.jpg", profiles.color) == made("gray.jpg", nil))
    #expect(try made("gray.jpg", profiles.gray) != made("gray.jpg", nil))
    #expect(try made("cmyk.jpg", profiles.gray) == made("cmyk.jpg", nil))
    #expect(try made("cmyk.jpg", profiles.color) == made("cmyk.jpg", nil))
  }

  /// Its pixels are always RGB, and its profile stands before them (RFC 9649, 2.7.1.4).
  @Test func aWebPHasAProfileToo() throws {
    let linear = Profiles.matrix(Profiles.gamma(1))
    let image = Raster(
      width: 64, height: 64, pixels: Array(repeating: Pixel(200, 100, 50, 255), count: 64 * 64))
    let plain = try Codecs.writeWebP(image, quality: 100, isLossless: true, method: 0)
    let head: [UInt8] = [0x20, 0, 0, 0, 63, 0, 0, 63, 0, 0]
    func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
      Array(name.utf8) + littleEndian(UInt32(data.count)) + data + (data.count % 2 == 1 ? [0] : [])
    }
    func file(_ profile: [UInt8]) -> [UInt8] {
      let chunks = chunk("VP8X", head) + chunk("ICCP", profile) + plain[12...]
      return chunk("RIFF", Array("WEBP".utf8) + chunks)
    }
    for (file, color) in [
      (plain, Pixel(200, 100, 50, 255)), (file(linear), Pixel(229, 168, 122, 255)),
      (file([1, 2, 3]), Pixel(200, 100, 50, 255)),
    ] {
      let sticker = try StickerEncoder(.small).sticker(of: ImageFile(file))
      #expect(try ImageFile(sticker).image().pixels[64 * 32 + 32] == color)
    }
    // A JPEG keeps it.
    let made = try ImageFile(PictureEncoder(PictureEncoder.Rules()).image(of: ImageFile(file(linear))))
      .image()
    #expect(made.profile?.bytes == linear)
  }

  /// JPEG keeps the profile of RGB; where there is none, the colors are those of sRGB.
  @Test func thePixelsOfAProfileBecomeSRGBWhereItGetsLost() throws {
    let pixels = [Pixel](repeating: Pixel(128, 128, 128, 0), count: 256)
    var image = Raster(width: 16, height: 16, pixels: pixels)
    image.profile = ColorProfile(Profiles.matrix(Profiles.gamma(1)), channels: 3)
    #expect(image.inSRGB.pixels[0] == Pixel(188, 188, 188, 0))
    #expect(image.inSRGB.profile == nil)
    #expect(try Codecs.readPNG(Codecs.writePNG(image)).pixels[0] == Pixel(188, 188, 188, 0))
    #expect(try Codecs.readJPEG(Codecs.writeJPEG(image, quality: 90), leastSide: 0).profile == image.profile)
    image.profile = ColorProfile(Profiles.gray(Profiles.gamma(1)), channels: 1)
    let gray = try Codecs.readJPEG(Codecs.writeJPEG(image, quality: 90), leastSide: 0)
    #expect(gray.profile == nil && (187...189).contains(gray.pixels[0].x))
    // A profile that isn't understood is kept in JPEG, and ignored elsewhere.
    image.profile = ColorProfile(Profiles.profile("RGB ", []), channels: 3)
    #expect(image.profile?.isUnderstood == false)
    #expect(image.inSRGB.pixels == pixels)
    #expect(try Codecs.readJPEG(Codecs.writeJPEG(image, quality: 90), leastSide: 0).profile == image.profile)
  }

  /// A PNG's own profile counts, and not what its other chunks say.
  @Test func aPNGHasItsProfile() throws {
    let image = Raster(width: 16, height: 16, pixels: .init(repeating: Pixel(128, 128, 128, 255), count: 256))
    let plain = try Codecs.writePNG(image)
    let profile = Profiles.matrix(Profiles.gamma(1))
    let gamma = PNGBuilder.chunk("gAMA", number(100_000, 4))
    let own = PNGBuilder.profile(profile)
    let read = try Codecs.readPNG(Array(plain.prefix(33)) + gamma + own + Array(plain.dropFirst(33)))
    #expect(read.profile?.bytes == profile)
    #expect(read.pixels == image.pixels)
    #expect(read.inSRGB.pixels[0].x == 188)
    // The frames of an animation have that of the file.
    let animation = try Fixture.bytes("pictures/animated.png")
    let frames = try ImageFile(Array(animation.prefix(33)) + own + Array(animation.dropFirst(33)))
    var profiles: [[UInt8]?] = []
    try frames.forEachFrame { frame throws(EncodingError) in profiles.append(frame.image.profile?.bytes) }
    #expect(profiles.count > 1 && profiles.allSatisfy { $0 == profile })
  }

  /// Whatever a profile says, it is read or refused.
  @Test func damagedProfilesAreSurvived() {
    for profile in [
      Profiles.matrix(Profiles.ownCurve), Profiles.gray(Profiles.gamma(1)), Profiles.inks(),
      Profiles.inks("mft2"),
    ] {
      let channels = [UInt8(ascii: "C"): 4, UInt8(ascii: "G"): 1][profile[16]] ?? 3
      for count in stride(from: 0, to: profile.count, by: 7) {
        let cut = Array(profile.prefix(count))
        _ = ColorProfile(cut, channels: channels)?.color(Pixel(1, 2, 3, 4))
        guard count >= 132 else { continue }
        _ = ColorProfile(cut.with(number(count, 4), at: 0), channels: channels)?.color(Pixel(1, 2, 3, 4))
      }
      for index in 0..<min(profile.count, 400) {
        for mask: UInt8 in [0x80, 0xff] {
          var damaged = profile
          damaged[index] ^= mask
          _ = ColorProfile(damaged, channels: channels)?.color(Pixel(255, 254, 3, 4))
        }
      }
    }
  }
}

extension [UInt8] {
  /// A JPEG with an ICC profile.
  fileprivate func with(profile: [UInt8]) -> [UInt8] {
    let data = Array("ICC_PROFILE\0".utf8) + [1, 1] + profile
    return inserting([0xff, 0xe2] + number(data.count + 2, 2) + data, at: 2)
  }
}
