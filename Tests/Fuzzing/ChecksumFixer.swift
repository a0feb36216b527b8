import PreflightBytes

/// Corrects the checksums of inputs. Otherwise the first checksum error would hide almost all other changes in PNG and
/// Ogg files, and the code behind it would never be fuzzed.
enum ChecksumFixer {
  static func copy(of bytes: [UInt8]) -> [UInt8]? {
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return png(bytes) }
    if bytes.starts(with: Array("OggS".utf8)) { return ogg(bytes) }
    return nil
  }

  /// Every chunk's CRC (PNG, section 5.5).
  private static func png(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = position + 8 + length
      guard end + 4 <= bytes.count else { break }
      var crc = CRC32()
      crc.update(bytes.span.bytes.extracting(position + 4..<end))
      for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: crc.value >> (24 - 8 * index)) }
      position = end + 4
    }
    return bytes
  }

  /// Every page's CRC (RFC 3533, section 6).
  private static func ogg(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var position = 0
    while position + 27 <= bytes.count {
      let bodyStart = position + 27 + Int(bytes[position + 26])
      guard bodyStart <= bytes.count else { break }
      let end = bodyStart + bytes[position + 27..<bodyStart].reduce(0) { $0 + Int($1) }
      guard end <= bytes.count else { break }
      for index in 22..<26 { bytes[position + index] = 0 }
      var crc = OggCRC()
      crc.update(ByteSpan(bytes.span.bytes.extracting(position..<end), at: 0))
      for index in 0..<4 {
        bytes[position + 22 + index] = UInt8(truncatingIfNeeded: crc.value >> (8 * index))
      }
      position = end
    }
    return bytes
  }
}
