import MediaPreflight

/// A file with a long run of one byte, which is not stored in memory.
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

/// Valid files padded to an exact size in ways that their formats allow, to test size limits.
enum Enlarged {
  /// A JPEG with comment segments after SOI.
  static func jpeg(_ bytes: [UInt8], to size: Int) -> [UInt8] {
    var missing = size - bytes.count
    var segments: [UInt8] = []
    while missing > 0 {
      // A segment has at least 4 bytes, so the last two split the remainder.
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

  /// A WebP with a chunk of an unknown type at its end. `size` must be even.
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

  /// Mono Opus in Ogg with padding after its comments (RFC 7845, section 5.2); nil if lacing can't produce that size.
  static func opus(_ bytes: [UInt8], to size: Int) throws -> [UInt8]? {
    let sound = try oggPages(bytes).dropFirst(2)
    let start = oggPage(opusHead(), flags: 2)
    let rest = sound.reduce(0) { $0 + $1.count }
    for padding in stride(from: size - start.count - rest, to: 0, by: -1) {
      // 255 segments of 255 bytes per page. The packet's last segment is shorter.
      let count = opusTags.count + padding
      let segments = count / 255 + 1
      let pages = (segments + 254) / 255
      let whole = start.count + rest + count + segments + pages * 27
      if whole < size { return nil }
      if whole > size { continue }
      var body = (opusTags + [UInt8](repeating: 0, count: padding))[...]
      var file = start
      for index in 0..<pages {
        let lacing = (0..<min(255, segments - index * 255)).map { segment in
          UInt8(min(255, body.count - segment * 255))
        }
        let taken = body.prefix(lacing.reduce(0) { $0 + Int($1) })
        body = body.dropFirst(taken.count)
        file += oggPage(
          Array(taken), lacing: lacing, flags: index == 0 ? 0 : 1, sequence: UInt32(index + 1))
      }
      for (index, page) in sound.enumerated() {
        let lacing = Array(page[27..<27 + Int(page[26])])
        let granule = page[6..<14].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        file += oggPage(
          Array(page[(27 + lacing.count)...]), lacing: lacing, granule: granule, flags: page[5],
          sequence: UInt32(index + 1 + pages))
      }
      return file
    }
    return nil
  }
}
