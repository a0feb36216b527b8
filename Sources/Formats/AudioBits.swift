internal import PreflightFacts

/// A few bytes read as bits, from the most significant down; zeros past the end.
package struct AudioBits {
  private let bytes: [UInt8]
  /// How many bits were read.
  private(set) var position = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Passes over the next `count` bits.
  mutating func skip(_ count: Int) { position += count }

  /// The next `count` bits; only the last 64 are returned.
  package mutating func next(_ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for _ in 0..<count {
      let byte = position / 8 < bytes.count ? bytes[position / 8] : 0
      value = value << 1 | UInt64(byte >> (7 - UInt8(position % 8)) & 1)
      position += 1
    }
    return value
  }
}
