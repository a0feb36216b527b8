package import PreflightBytes

/// A packet of Opus (RFC 6716, section 3).
package enum OpusPacket {
  /// The samples of one frame at 48 kHz, by the first byte (section 3.1).
  private static func frameSamples(_ toc: UInt8) -> UInt64 {
    let configuration = Int(toc >> 3)
    return if configuration < 12 {
      [480, 960, 1920, 2880][configuration & 3]
    } else if configuration < 16 {
      [480, 960][configuration & 1]
    } else {
      [120, 240, 480, 960][configuration & 3]
    }
  }

  /// The samples at 48 kHz; 0 if the packet is too short to say, or says that it has no frame.
  package static func samples(_ packet: borrowing ByteSpan) -> UInt64 {
    guard let toc = packet[0] else { return 0 }
    return switch toc & 3 {
    case 0: frameSamples(toc)
    case 1, 2: 2 * frameSamples(toc)
    default: frameSamples(toc) * UInt64((packet[1] ?? 0) & 63)
    }
  }

  /// Whether a whole packet has the lengths that decoders require (section 3.4, R1 to R7).
  static func isValid(_ packet: borrowing ByteSpan) -> Bool {
    guard let toc = packet[0] else { return false }
    let rest = packet.remaining - 1
    switch toc & 3 {
    case 0: return rest <= longestFrame
    case 1: return rest % 2 == 0 && rest / 2 <= longestFrame
    case 2:
      guard let first = length(packet, at: 1) else { return false }
      let second = rest - first.fieldSize - first.length
      return 0...longestFrame ~= second
    default: return hasValidFrames(packet, frameSamples(toc))
    }
  }

  /// The most bytes of a frame.
  private static let longestFrame = 1275

  /// The most samples of a packet: 120 ms.
  package static let longestPacket: UInt64 = 5760

  /// Any number of frames, section 3.2.5.
  private static func hasValidFrames(_ packet: borrowing ByteSpan, _ samples: UInt64) -> Bool {
    guard let head = packet[1] else { return false }
    let count = Int(head & 63)
    guard count > 0, UInt64(count) * samples <= longestPacket else { return false }
    var position = 2
    var padding = 0
    if head & 0x40 != 0 {
      while true {
        guard let byte = packet[position] else { return false }
        position += 1
        padding += byte == 255 ? 254 : Int(byte)
        if byte < 255 { break }
      }
    }
    var left = packet.remaining - padding
    guard head & 0x80 != 0 else {
      left -= position
      return left >= 0 && left % count == 0 && left / count <= longestFrame
    }
    for _ in 1..<count {
      guard let frame = length(packet, at: position) else { return false }
      position += frame.fieldSize
      left -= frame.length
    }
    return 0...longestFrame ~= left - position
  }

  /// The length of a frame, section 3.2.1; nil if it isn't there.
  private static func length(
    _ packet: borrowing ByteSpan, at position: Int
  ) -> (length: Int, fieldSize: Int)? {
    guard let first = packet[position] else { return nil }
    if first < 252 { return (Int(first), 1) }
    guard let second = packet[position + 1] else { return nil }
    return (Int(second) * 4 + Int(first), 2)
  }
}
