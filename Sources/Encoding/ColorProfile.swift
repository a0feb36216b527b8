#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What an ICC profile (ICC.1:2022, and version 2, ICC.1:2001-04) says about the colors of an image: the way from gray, RGB or
/// CMYK to sRGB, by its curves and matrix, or by its table for the perceptual intent.
///
/// Tables of version 4 (`mAB `) aren't read. Printers' profiles, which need a table, nearly all have those of version 2.
struct ColorProfile: Sendable {
  private enum Way {
    /// The red, green and blue of an image are, through a curve each, parts of these colors.
    case matrix(curves: [[Float]], columns: [SIMD3<Float>])
    case table(ColorTable)
  }

  /// The profile as it is in a file.
  let bytes: [UInt8]
  /// How many channels its images have: 1 for gray, 3 for RGB, 4 for CMYK.
  let channels: Int
  /// nil if it isn't understood.
  private let way: Way?

  /// - Parameter channels: How many the image has.
  /// - Returns: nil if it isn't a profile for such images. One that isn't understood is one.
  init?(_ bytes: [UInt8], channels: Int) {
    let head = ICCReader(bytes: bytes)
    // The header (7.2) and the number of tags belong to any profile; a device link, for one, isn't a profile for images.
    guard let size = head.number(0, 4), size >= 132, size <= bytes.count,
      let kind = head.signature(12), ["scnr", "mntr", "prtr", "spac"].contains(kind),
      head.signature(16) == [1: "GRAY", 3: "RGB ", 4: "CMYK"][channels], head.signature(36) == "acsp"
    else { return nil }
    self.bytes = Array(bytes.prefix(size))
    self.channels = channels
    way = Self.way(ICCReader(bytes: self.bytes), channels)
  }

  private static func way(_ reader: ICCReader, _ channels: Int) -> Way? {
    guard let space = reader.signature(20), ["Lab ", "XYZ "].contains(space) else { return nil }
    func curve(_ tag: String) -> [Float]? { reader.tag(tag).flatMap(reader.curve(at:)) }
    if channels == 1 {
      // The way from gray is its light, or with Lab its lightness (F.2).
      guard let own = curve("kTRC") else { return nil }
      let gray = space == "Lab " ? own.map(ColorTable.light(ofLightness:)) : own
      let part = ColorTable.white / 3
      return .matrix(curves: [gray, gray, gray], columns: [part, part, part])
    }
    if let tag = reader.tag("A2B0"),
      let table = reader.table(at: tag, channels: channels, isLab: space == "Lab ")
    {
      return .table(table)
    }
    let curves = ["rTRC", "gTRC", "bTRC"].compactMap(curve)
    let columns = ["rXYZ", "gXYZ", "bXYZ"].compactMap { reader.tag($0).flatMap(reader.color(at:)) }
    guard channels == 3, curves.count == 3, columns.count == 3 else { return nil }
    return .matrix(curves: curves, columns: columns)
  }

  var isUnderstood: Bool { way != nil }

  /// Whether it is sRGB, or differs by no more than rounding does.
  var isSRGB: Bool {
    let steps: [UInt8] = [0, 51, 102, 153, 204, 255]
    for red in steps {
      for green in steps {
        for blue in steps {
          let pixel = Raster.Pixel(red, green, blue, 255)
          let other = color(pixel)
          let largest = (0..<3).map { abs(Int(pixel[$0]) - Int(other[$0])) }.max() ?? 0
          if largest > 1 { return false }
        }
      }
    }
    return true
  }

  /// The color in sRGB; opaque.
  ///
  /// - Parameter pixel: Red, green, blue, which are equal for gray, and a fourth value that doesn't count; or the amounts of the
  ///   four inks.
  func color(_ pixel: Raster.Pixel) -> Raster.Pixel {
    switch way {
    case .matrix(let curves, let columns):
      SRGB.pixel(
        columns[0] * curves[0][Int(pixel.x)] + columns[1] * curves[1][Int(pixel.y)] + columns[2]
          * curves[2][Int(pixel.z)])
    case .table(let table): SRGB.pixel(table.color(pixel))
    case nil: pixel
    }
  }
}

extension ColorProfile: Equatable {
  static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }
}

/// A table of colors (ICC.1:2022, 10.10 and 10.11), with one dimension a channel.
struct ColorTable {
  /// The white of the profiles' own space, D50.
  static let white = SIMD3<Float>(0.9642, 1, 0.8249)

  /// For each channel and value the place in the table: the point at or below it, and how far it is to the next.
  fileprivate let places: [[(point: Int, part: Float)]]
  /// How far apart two neighbors are in each dimension.
  fileprivate let strides: [Int]
  fileprivate let points: [SIMD3<Float>]
  /// From the table's values to those of the space, for each of its three channels.
  fileprivate let outputs: [[Float]]
  fileprivate let isLab: Bool
  /// Whether the values are of 16 bits, which count white otherwise in Lab.
  fileprivate let isWide: Bool
  /// The darkest color, in XYZ, without its hue.
  fileprivate var black = SIMD3<Float>()

  /// The color in XYZ, with the darkest color of the inks as black: what is printed black is shown black.
  func color(_ pixel: Raster.Pixel) -> SIMD3<Float> {
    Self.white * (printedColor(pixel) - black) / (Self.white - black)
  }

  /// - Parameter light: The light of the darkest color; at most that of L* 50 counts.
  fileprivate mutating func setBlack(to light: Float) { black = Self.white * min(light, 0.18419) }

  fileprivate func printedColor(_ pixel: Raster.Pixel) -> SIMD3<Float> {
    // Of every corner of the cell around the place, as much as it is near.
    var sum = SIMD3<Float>()
    for corner in 0..<1 << places.count {
      var (weight, index): (Float, Int) = (1, 0)
      for (channel, values) in places.enumerated() {
        let place = values[Int(pixel[channel])]
        let isNext = corner >> channel & 1 == 1
        weight *= isNext ? place.part : 1 - place.part
        index += (place.point + (isNext ? 1 : 0)) * strides[channel]
      }
      if weight > 0 { sum += points[index] * weight }
    }
    for channel in 0..<3 { sum[channel] = ICCReader.value(of: outputs[channel], at: sum[channel]) }
    guard isLab else { return sum * (1 + 32767 / 32768) }
    return Self.color(lab: isWide ? sum * (65535 / 65280) : sum)
  }

  /// CIE L*a*b* with all values from 0 to 1.
  private static func color(lab: SIMD3<Float>) -> SIMD3<Float> {
    let middle = (100 * lab.x + 16) / 116
    let value = SIMD3(middle + (255 * lab.y - 128) / 500, middle, middle - (255 * lab.z - 128) / 200)
    return white * SIMD3(linear(value.x), linear(value.y), linear(value.z))
  }

  /// The light of a neutral color with an L* from 0 to 1.
  fileprivate static func light(ofLightness lightness: Float) -> Float {
    linear((100 * lightness + 16) / 116)
  }

  private static func linear(_ value: Float) -> Float {
    value > 6 / 29 ? value * value * value : 3 * 6 * 6 / (29 * 29) * (value - 4 / 29)
  }
}

/// Reads the parts of an ICC profile. What isn't there, or makes no sense, is nil.
private struct ICCReader {
  let bytes: [UInt8]

  func number(_ offset: Int, _ count: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    return bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
  }

  func signature(_ offset: Int) -> String? {
    guard offset >= 0, offset <= bytes.count - 4 else { return nil }
    return String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
  }

  /// The range of a tag's data (7.3).
  func tag(_ name: String) -> Range<Int>? {
    guard let count = number(128, 4), count <= 100 else { return nil }
    for index in 0..<count where signature(132 + 12 * index) == name {
      guard let offset = number(136 + 12 * index, 4), let size = number(140 + 12 * index, 4),
        offset <= bytes.count,
        size <= bytes.count - offset
      else { return nil }
      return offset..<offset + size
    }
    return nil
  }

  /// A number with a sign and 16 bits behind the point (4.6).
  private func fixed(_ offset: Int) -> Float? {
    number(offset, 4).map { Float(Int32(truncatingIfNeeded: $0)) / 65536 }
  }

  /// The first color of a tag (10.31).
  func color(at range: Range<Int>) -> SIMD3<Float>? {
    guard signature(range.lowerBound) == "XYZ ", range.count >= 20, let x = fixed(range.lowerBound + 8),
      let y = fixed(range.lowerBound + 12), let z = fixed(range.lowerBound + 16)
    else { return nil }
    return SIMD3(x, y, z)
  }

  /// A curve (10.6 and 10.18), for the 256 values of 8 bits.
  func curve(at range: Range<Int>) -> [Float]? {
    let steps = (0..<256).map { Float($0) / 255 }
    switch signature(range.lowerBound) {
    case "curv":
      guard let count = number(range.lowerBound + 8, 4), count <= 65536, range.count >= 12 + 2 * count else {
        return nil
      }
      let values = (0..<count).compactMap { number(range.lowerBound + 12 + 2 * $0, 2) }
      switch count {
      case 0: return steps
      case 1: return steps.map { SRGB.power($0, Float(values[0]) / 256) }
      default:
        let parts = values.map { Float($0) / 65535 }
        return steps.map { Self.value(of: parts, at: $0) }
      }
    case "para":
      let counts = [1, 3, 4, 5, 7]
      guard let kind = number(range.lowerBound + 8, 2), kind < counts.count,
        range.count >= 12 + 4 * counts[kind]
      else {
        return nil
      }
      let own = (0..<counts[kind]).compactMap { fixed(range.lowerBound + 12 + 4 * $0) }
      guard own.count == counts[kind] else { return nil }
      // g, a, b, c, d, e, f; with fewer, as the simpler function has them.
      func part(_ index: Int, or other: Float) -> Float { index < own.count ? own[index] : other }
      let (slope, shift) = (part(1, or: 1), part(2, or: 0))
      return steps.map { step in
        switch kind {
        case 0: SRGB.power(step, own[0])
        case 1, 2:
          (slope * step + shift >= 0 ? SRGB.power(slope * step + shift, own[0]) : 0) + part(3, or: 0)
        default:
          step >= own[4]
            ? SRGB.power(slope * step + shift, own[0]) + part(5, or: 0) : own[3] * step + part(6, or: 0)
        }
      }
    default: return nil
    }
  }

  /// The value of a curve of points at a place from 0 to 1.
  static func value(of points: [Float], at place: Float) -> Float {
    let position = max(0, min(1, place)) * Float(points.count - 1)
    let index = min(points.count - 2, Int(position))
    return points[index] + (points[index + 1] - points[index]) * (position - Float(index))
  }

  /// A table of 8 or 16 bits.
  func table(at range: Range<Int>, channels: Int, isLab: Bool) -> ColorTable? {
    let start = range.lowerBound
    let isWide = signature(start) == "mft2"
    guard isWide || signature(start) == "mft1", number(start + 8, 1) == channels, number(start + 9, 1) == 3,
      let side = number(start + 10, 1), side >= 2
    else { return nil }
    let width = isWide ? 2 : 1
    guard let inputs = isWide ? number(start + 48, 2) : 256,
      let outputs = isWide ? number(start + 50, 2) : 256,
      (2...4096).contains(inputs), (2...4096).contains(outputs)
    else { return nil }
    let count = (0..<channels).reduce(1) { product, _ in product * side }
    let first = isWide ? 52 : 48
    guard range.count >= first + width * (channels * inputs + 3 * count + 3 * outputs) else { return nil }
    let most: Float = isWide ? 65535 : 255
    func values(_ offset: Int, _ count: Int) -> [Float] {
      (0..<count).compactMap { number(start + first + width * (offset + $0), width) }.map { Float($0) / most }
    }
    let places = (0..<channels).map { channel in
      let curve = values(channel * inputs, inputs)
      return (0..<256).map { value in
        let position = Self.value(of: curve, at: Float(value) / 255) * Float(side - 1)
        let point = min(side - 2, Int(position))
        return (point: point, part: position - Float(point))
      }
    }
    let colors = values(channels * inputs, 3 * count)
    var table = ColorTable(
      places: places,
      // The last channel varies fastest.
      strides: (0..<channels).map { channel in
        (channel + 1..<channels).reduce(1) { product, _ in product * side }
      },
      points: (0..<count).map { SIMD3(colors[3 * $0], colors[3 * $0 + 1], colors[3 * $0 + 2]) },
      outputs: (0..<3).map { values(channels * inputs + 3 * count + $0 * outputs, outputs) }, isLab: isLab,
      isWide: isWide)
    if channels == 4 {
      // Version 4 says how dark the perceptual black is (ISO 15076-1, 6.4.2); else it is all inks together.
      table.setBlack(
        to: number(8, 1) ?? 0 >= 4 ? 0.0034731 : table.printedColor(Raster.Pixel(repeating: 255)).y)
    }
    return table
  }
}

/// The color space sRGB (IEC 61966-2-1).
private enum SRGB {
  /// The values of 8 bits for light from 0 to 1, in steps of a 4,096th.
  private static let values: [UInt8] = (0...4096).map { step in
    let light = Float(step) / 4096
    let value = light <= 0.0031308 ? 12.92 * light : 1.055 * power(light, 1 / 2.4) - 0.055
    return UInt8((255 * value).rounded())
  }

  /// An opaque pixel of a color in XYZ, relative to D50; what sRGB doesn't have becomes the nearest that it has.
  static func pixel(_ color: SIMD3<Float>) -> Raster.Pixel {
    let light =
      SIMD3(3.1338561, -0.9787684, 0.0719453) * color.x + SIMD3(-1.6168667, 1.9161415, -0.2289914) * color.y
      + SIMD3(-0.4906146, 0.0334540, 1.4052427) * color.z
    func value(_ light: Float) -> UInt8 { light > 0 ? values[Int((min(light, 1) * 4096).rounded())] : 0 }
    return Raster.Pixel(value(light.x), value(light.y), value(light.z), 255)
  }

  static func power(_ base: Float, _ exponent: Float) -> Float { base <= 0 ? 0 : powf(base, exponent) }
}
