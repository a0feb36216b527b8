/// Writes bits, most significant first, with the descriptors of ITU-T H.264, 7.2.
struct BitWriter {
  private var bits: [Bool] = []

  /// `u(n)`.
  mutating func unsigned(_ value: UInt32, _ count: Int) {
    for bit in (0..<count).reversed() { bits.append(value >> UInt32(bit) & 1 == 1) }
  }

  /// `ue(v)`.
  mutating func unsignedExpGolomb(_ value: UInt32) {
    let width = 32 - (value + 1).leadingZeroBitCount
    unsigned(0, width - 1)
    unsigned(value + 1, width)
  }

  /// `se(v)`.
  mutating func signedExpGolomb(_ value: Int) {
    unsignedExpGolomb(UInt32(value > 0 ? 2 * value - 1 : -2 * value))
  }

  /// The bytes, padded with zero bits.
  var bytes: [UInt8] {
    stride(from: 0, to: bits.count, by: 8).map { start in
      (0..<8).reduce(0) { $0 << 1 | (start + $1 < bits.count && bits[start + $1] ? 1 : 0) }
    }
  }

  /// A NAL unit with the bits, including emulation prevention bytes (7.3.1).
  func unit(_ header: UInt8) -> [UInt8] {
    var closed = self
    closed.unsigned(1, 1)
    var unit = [header]
    var zeros = 0
    for byte in closed.bytes {
      if zeros == 2, byte <= 3 {
        unit.append(3)
        zeros = 0
      }
      zeros = byte == 0 ? zeros + 1 : 0
      unit.append(byte)
    }
    return unit
  }
}
