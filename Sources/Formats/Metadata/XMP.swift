internal import PreflightFacts
internal import PreflightBytes

/// XMP (ISO 16684-1), only for the GPS coordinates of an image: `exif:GPSLatitude` and `exif:GPSLongitude`
/// (XMP part 2, section 3.2), as an attribute or as an element.
enum XMP {
  /// The file offset of the first coordinate in `packet` that isn't zero.
  static func locationOffset(in packet: ByteSpan) -> UInt64? {
    var index = 0
    while let found = packet.firstIndex(of: UInt8(ascii: "G"), from: index) {
      index = found + 1
      if packet.has("GPSLatitude", at: found), isPosition(packet, at: found + 11) {
        return packet.base + UInt64(found)
      }
      if packet.has("GPSLongitude", at: found), isPosition(packet, at: found + 12) {
        return packet.base + UInt64(found)
      }
    }
    return nil
  }

  /// Whether a value with a nonzero digit follows, in quotes or in an element.
  private static func isPosition(_ packet: ByteSpan, at start: Int) -> Bool {
    var index = start
    while let byte = packet[index], byte == 0x20 || byte == 0x3d || (0x09...0x0d).contains(byte) {
      index += 1
    }
    guard let opening = packet[index], opening == 0x22 || opening == 0x27 || opening == 0x3e else {
      return false
    }
    index += 1
    // A coordinate looks like "39,54.5123N": longer text is something else.
    for _ in 0..<32 {
      guard let byte = packet[index], byte != 0x22, byte != 0x27, byte != 0x3c else { return false }
      if (0x31...0x39).contains(byte) { return true }
      index += 1
    }
    return false
  }
}
