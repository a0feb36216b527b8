import MediaPreflight

/// A file with a long run of one byte in it, which is never held in memory.
struct PaddedSource: ByteSource {
  let start: [UInt8]
  let paddingCount: UInt64
  var paddingByte: UInt8 = 0
  let end: [UInt8]

  var byteCount: UInt64 { UInt64(start.count) + paddingCount + UInt64(end.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    let count = min(UInt64(buffer.count), byteCount - min(offset, byteCount))
    for index in 0..<Int(count) {
      let position = offset + UInt64(index)
      if position < UInt64(start.count) {
        buffer[index] = start[Int(position)]
      } else if position < UInt64(start.count) + paddingCount {
        // Most of a large buffer is padding: fill the run at once.
        let run = Int(min(count, UInt64(start.count) + paddingCount - offset)) - index
        for filled in index..<index + run { buffer[filled] = paddingByte }
        return index + run
      } else {
        buffer[index] = end[Int(position - UInt64(start.count) - paddingCount)]
      }
    }
    return Int(count)
  }
}

/// Good files made larger to the byte, in the ways that their formats allow, for the caps.
enum Enlarged {
  /// A JPEG with comment segments after SOI.
  static func jpeg(_ bytes: [UInt8], to size: Int) -> [UInt8] {
    var missing = size - bytes.count
    var segments: [UInt8] = []
    while missing > 0 {
      // A segment has 4 bytes at least, so the last two share what is left.
      var count = min(missing, 65537)
      if missing - count > 0, missing - count < 4 { count -= 4 }
      let length = count - 2
      segments += [0xff, 0xfe, UInt8(length >> 8), UInt8(length & 0xff)]
      segments += [UInt8](repeating: 0x20, count: count - 4)
      missing -= count
    }
    return Array(bytes[..<2]) + segments + Array(bytes[2...])
  }

  /// A PNG with a private ancillary chunk before IEND.
  static func png(_ bytes: [UInt8], to size: Int) -> [UInt8] {
    let end = bytes.count - 12
    let payload = [UInt8](repeating: 0, count: size - bytes.count - 12)
    let body = Array("prVt".utf8) + payload
    return Array(bytes[..<end]) + bigEndian(UInt32(payload.count)) + body + bigEndian(UInt32(crc32(body)))
      + Array(bytes[end...])
  }

  /// A WebP with a chunk of an unknown kind at its end; `size` must be even.
  static func webp(_ bytes: [UInt8], to size: Int) -> [UInt8] {
    let payload = [UInt8](repeating: 0, count: size - bytes.count - 8)
    var webp = bytes + Array("XTRA".utf8) + littleEndian(UInt32(payload.count)) + payload
    webp.replaceSubrange(4..<8, with: littleEndian(UInt32(webp.count - 8)))
    return webp
  }

  /// An MP4 with a free box at its end.
  static func mp4(_ bytes: [UInt8], to size: UInt64) -> PaddedSource {
    let count = size - UInt64(bytes.count)
    return PaddedSource(
      start: bytes + bigEndian(UInt32(count)) + Array("free".utf8), paddingCount: count - 8, end: [])
  }

  /// An MP3 with a padded ID3v2 tag before it.
  static func mp3(_ bytes: [UInt8], to size: UInt64) -> PaddedSource {
    let count = Int(size) - bytes.count - 10
    let length = (0..<4).map { UInt8(count >> (21 - 7 * $0) & 0x7f) }
    return PaddedSource(
      start: Array("ID3".utf8) + [4, 0, 0] + length, paddingCount: UInt64(count), end: bytes)
  }

  /// A PDF with a comment of spaces before its last `startxref`.
  static func pdf(_ bytes: [UInt8], to size: UInt64) -> PaddedSource {
    let mark = Array("startxref".utf8)
    let index = (0...(bytes.count - mark.count)).last { Array(bytes[$0..<$0 + mark.count]) == mark } ?? 0
    let count = size - UInt64(bytes.count) - 2
    return PaddedSource(
      start: Array(bytes[..<index]) + Array("%".utf8), paddingCount: count, paddingByte: 0x20,
      end: Array("\n".utf8) + Array(bytes[index...]))
  }

  /// The CRC of PNG's annex D, bit by bit.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
