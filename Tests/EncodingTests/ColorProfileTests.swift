@testable import PreflightEncoding
@testable import PreflightTestSupport
import Testing

/// Colors by ICC profiles that are built here. `.ci/fix` holds those of real ones against Little CMS.
@Suite struct ColorProfileTests {
  private typealias Pixel = Raster.Pixel

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
  }

  private static func fixed(_ value: Double) -> [UInt8] { number(Int((value * 65536).rounded()), 4) }

  private static func profile(_ space: String, to connection: String = "XYZ ", _ tags: [(String, [UInt8])])
    -> [UInt8]
  {
    var head = [UInt8](repeating: 0, count: 128)
    head[8] = 2
    head.replaceSubrange(16..<24, with: Array((space + connection).utf8))
    var (table, data) = (number(tags.count, 4), [UInt8]())
    let start = 132 + 12 * tags.count
    for (name, bytes) in tags {
      table += Array(name.utf8) + number(start + data.count, 4) + number(bytes.count, 4)
      data += bytes
    }
    return head + table + data
  }

  private static func gamma(_ value: Double) -> [UInt8] {
    Array("curv".utf8) + [0, 0, 0, 0] + number(1, 4) + number(Int((value * 256).rounded()), 2)
  }

  /// The curve of sRGB as a function of the third kind.
  private static let ownCurve =
    Array("para".utf8) + [0, 0, 0, 0, 0, 3, 0, 0]
    + [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].flatMap(fixed)

  private static let columns = [(0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)]

  private static func matrix(_ curve: [UInt8], isSwapped: Bool = false) -> [UInt8] {
    let order = isSwapped ? [1, 0, 2] : [0, 1, 2]
    return profile(
      "RGB ",
      ["r", "g", "b"].map { ($0 + "TRC", curve) }
        + zip(["r", "g", "b"], order).map { name, index in
          let (x, y, z) = columns[index]
          return (name + "XYZ", Array("XYZ ".utf8) + [0, 0, 0, 0] + fixed(x) + fixed(y) + fixed(z))
        })
  }

  /// Two points for each ink. Black ink makes black, and cyan ink alone is a red.
  private static func inks(_ type: String = "mft1") -> [UInt8] {
    let width = type == "mft1" ? 1 : 2
    func value(_ byte: Int) -> [UInt8] { width == 1 ? [UInt8(byte)] : number(byte << 8, 2) }
    var data = Array(type.utf8) + [0, 0, 0, 0, 4, 3, 2, 0] + [UInt8](repeating: 0, count: 36)
    if width == 2 { data += number(256, 2) + number(256, 2) }
    let curve = (0..<256).flatMap { width == 1 ? [UInt8($0)] : number($0 * 257, 2) }
    for _ in 0..<4 { data += curve }
    for point in 0..<16 {
      let hasBlack = point & 1 == 1
      let hasCyan = point & 8 == 8
      data += value(hasBlack ? 0 : hasCyan ? 128 : 255) + value(!hasBlack && hasCyan ? 190 : 128) + value(128)
    }
    for _ in 0..<3 { data += curve }
    return profile("CMYK", to: "Lab ", [("A2B0", data)])
  }

  @Test func sRGBIsLeftAsItIs() throws {
    let own = try #require(ColorProfile(Self.matrix(Self.ownCurve), channels: 3))
    #expect(own.isSRGB)
    let brighter = try #require(ColorProfile(Self.matrix(Self.gamma(1)), channels: 3))
    #expect(!brighter.isSRGB)
  }

  @Test func curvesAndColumnsCount() throws {
    let linear = try #require(ColorProfile(Self.matrix(Self.gamma(1)), channels: 3))
    // Half the light is 188 in sRGB (IEC 61966-2-1).
    #expect(linear.color(Pixel(0, 0, 0, 7)) == Pixel(0, 0, 0, 255))
    #expect(linear.color(Pixel(255, 255, 255, 7)) == Pixel(255, 255, 255, 255))
    #expect(linear.color(Pixel(128, 128, 128, 0)).y == 188)
    let swapped = try #require(ColorProfile(Self.matrix(Self.ownCurve, isSwapped: true), channels: 3))
    let color = swapped.color(Pixel(200, 50, 90, 255))
    #expect((49...51).contains(color.x) && (199...201).contains(color.y) && (89...91).contains(color.z))
    let gray = try #require(ColorProfile(Self.profile("GRAY", [("kTRC", Self.gamma(1))]), channels: 3))
    #expect(gray.color(Pixel(128, 128, 128, 255)) == Pixel(188, 188, 188, 255))
  }

  @Test(arguments: ["mft1", "mft2"])
  func inksAreWhatTheTableSays(_ type: String) throws {
    let own = try #require(ColorProfile(Self.inks(type), channels: 4))
    let white = own.color(Pixel(0, 0, 0, 0))
    #expect(white.x >= 253 && white.y >= 253 && white.z >= 253)
    #expect(own.color(Pixel(0, 0, 0, 255)) == Pixel(0, 0, 0, 255))
    let red = own.color(Pixel(255, 0, 0, 0))
    #expect(red.x > 180 && red.y < 100)
  }

  /// A JPEG with four inks is converted by its profile, and without one by the usual formula.
  @Test func anImageOfInksIsConvertedByItsProfile() throws {
    let plain = try Fixture.bytes("pictures/cmyk.jpg")
    let data = Array("ICC_PROFILE\0".utf8) + [1, 1] + Self.inks()
    let segment: [UInt8] = [0xff, 0xe2] + Self.number(data.count + 2, 2) + data
    let own: [UInt8] = plain.prefix(2) + segment + plain.dropFirst(2)
    let converted = try ImageFile(own).image()
    let formula = try ImageFile(plain).image()
    #expect(converted.pixels.count == formula.pixels.count)
    #expect(converted.profile.isEmpty && formula.profile.isEmpty)
    // The lower left corner has 236 parts of cyan, and nearly no black.
    let corner = 31 * 48
    #expect(formula.pixels[corner].x < 30)
    #expect(converted.pixels[corner].x > 180)
    #expect(converted.pixels.allSatisfy { $0.w == 255 })
  }

  /// JPEG keeps the profile of RGB; where there is none, the colors are those of sRGB.
  @Test func thePixelsOfAProfileBecomeSRGBWhereItGetsLost() throws {
    let pixels = [Pixel](repeating: Pixel(128, 128, 128, 0), count: 256)
    var image = Raster(width: 16, height: 16, pixels: pixels)
    image.profile = Self.matrix(Self.gamma(1))
    #expect(image.inSRGB.pixels[0] == Pixel(188, 188, 188, 0))
    #expect(image.inSRGB.profile.isEmpty)
    #expect(try Codecs.readPNG(Codecs.writePNG(image)).pixels[0] == Pixel(188, 188, 188, 0))
    #expect(try Codecs.readJPEG(Codecs.writeJPEG(image, quality: 90), leastSide: 0).profile == image.profile)
    image.profile = Self.profile("GRAY", [("kTRC", Self.gamma(1))])
    let gray = try Codecs.readJPEG(Codecs.writeJPEG(image, quality: 90), leastSide: 0)
    #expect(gray.profile.isEmpty && (187...189).contains(gray.pixels[0].x))
    image.profile = [1, 2, 3]
    #expect(image.inSRGB.pixels == pixels)
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return number(data.count, 4) + body + bigEndian(crc32(body))
  }

  /// Data in one stored block (RFC 1950 and 1951).
  private static func stored(_ data: [UInt8]) -> [UInt8] {
    let count = [UInt8(data.count & 0xff), UInt8(data.count >> 8)]
    var (low, high) = (1, 0)
    for byte in data {
      low = (low + Int(byte)) % 65521
      high = (high + low) % 65521
    }
    return [0x78, 0x01, 0x01] + count + count.map { ~$0 } + data + number(high << 16 | low, 4)
  }

  /// A PNG's own profile counts, and not what its other chunks say.
  @Test func aPNGHasItsProfile() throws {
    let image = Raster(width: 16, height: 16, pixels: .init(repeating: Pixel(128, 128, 128, 255), count: 256))
    let plain = try Codecs.writePNG(image)
    let profile = Self.matrix(Self.gamma(1))
    let gamma = Self.chunk("gAMA", Self.number(100_000, 4))
    let own = Self.chunk("iCCP", Array("a".utf8) + [0, 0] + Self.stored(profile))
    let read = try Codecs.readPNG(Array(plain.prefix(33)) + gamma + own + Array(plain.dropFirst(33)))
    #expect(read.profile == profile)
    #expect(read.pixels == image.pixels)
    #expect(read.inSRGB.pixels[0].x == 188)
    // The frames of an animation have that of the file.
    let animation = try Fixture.bytes("pictures/animated.png")
    let frames = try ImageFile(Array(animation.prefix(33)) + own + Array(animation.dropFirst(33)))
    var profiles: [[UInt8]] = []
    try frames.forEachFrame { frame throws(EncodingError) in profiles.append(frame.image.profile) }
    #expect(profiles.count > 1 && profiles.allSatisfy { $0 == profile })
  }

  /// Whatever a profile says, it is read or refused.
  @Test func damagedProfilesAreSurvived() {
    for profile in [Self.matrix(Self.ownCurve), Self.matrix(Self.gamma(2.2)), Self.inks(), Self.inks("mft2")]
    {
      let channels = profile[16] == UInt8(ascii: "C") ? 4 : 3
      for count in stride(from: 0, to: profile.count, by: 7) {
        _ = ColorProfile(Array(profile.prefix(count)), channels: channels)?.color(Pixel(1, 2, 3, 4))
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
