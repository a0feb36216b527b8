@testable import PreflightTestSupport

/// PNG files that are built here.
enum PNGBuilder {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return number(data.count, 4) + body + bigEndian(crc32(body))
  }

  static func gamma(_ value: Int) -> [UInt8] { chunk("gAMA", number(value, 4)) }

  static func profile(_ profile: [UInt8], method: UInt8 = 0) -> [UInt8] {
    chunk("iCCP", Array("a".utf8) + [0, method] + stored(profile))
  }

  /// Data in stored blocks (RFC 1950 and 1951).
  static func stored(_ data: [UInt8]) -> [UInt8] {
    var blocks: [UInt8] = []
    for start in stride(from: 0, to: data.count, by: 65535) {
      let part = data[start..<min(data.count, start + 65535)]
      let count = littleEndian(UInt16(part.count))
      blocks += [part.endIndex == data.count ? 1 : 0] + count + count.map { ~$0 } + part
    }
    var (low, high) = (1, 0)
    for byte in data {
      low = (low + Int(byte)) % 65521
      high = (high + low) % 65521
    }
    return [0x78, 0x01] + blocks + number(high << 16 | low, 4)
  }

  private static func rows(_ pixel: [UInt8], side: Int) -> [UInt8] {
    // A filter's number, 0 for none, is the first byte of a row.
    let row: [UInt8] = [0] + Array([[UInt8]](repeating: pixel, count: side).joined())
    return stored(Array([[UInt8]](repeating: row, count: side).joined()))
  }

  private static func header(_ type: UInt8, depth: UInt8, side: Int) -> [UInt8] {
    signature + chunk("IHDR", number(side, 4) + number(side, 4) + [depth, type, 0, 0, 0])
  }

  /// An image of 16 × 16 pixels that are all the same.
  ///
  /// - Parameters:
  ///   - type: The color type: 0 for gray, 2 for RGB, 3 for a palette, 4 and 6 for gray and RGB with alpha.
  ///   - pixel: The bytes of a pixel.
  ///   - chunks: What stands before the image.
  static func image(_ type: UInt8, depth: UInt8 = 8, _ pixel: [UInt8], _ chunks: [UInt8] = []) -> [UInt8] {
    header(type, depth: depth, side: 16) + chunks + chunk("IDAT", rows(pixel, side: 16)) + chunk("IEND", [])
  }

  /// An animation of opaque RGB, with one color a frame. Each is shown for 100 ms.
  ///
  /// - Parameters:
  ///   - first: What stands before the chunk that says that it is animated.
  ///   - second: What stands after it.
  static func animation(
    _ colors: [[UInt8]], side: Int = 16, first: [UInt8] = [], second: [UInt8] = []
  ) -> [UInt8] {
    var file = header(2, depth: 8, side: side) + first
    file += chunk("acTL", number(colors.count, 4) + number(0, 4)) + second
    var sequence = 0
    for (index, color) in colors.enumerated() {
      let place = number(side, 4) + number(side, 4) + number(0, 8)
      file += chunk("fcTL", number(sequence, 4) + place + number(100, 2) + number(1000, 2) + [0, 0])
      sequence += 1
      let data = rows(color, side: side)
      if index == 0 {
        file += chunk("IDAT", data)
      } else {
        file += chunk("fdAT", number(sequence, 4) + data)
        sequence += 1
      }
    }
    return file + chunk("IEND", [])
  }
}
