/// Writes bits, least significant first, as in DEFLATE (RFC 1951, section 3.1.1) and VP8L.
struct LowBitWriter {
  private(set) var bytes: [UInt8] = []
  private var used = 0

  /// A number, its least significant bit first.
  mutating func number(_ value: Int, _ count: Int) {
    for index in 0..<count { append(value >> index & 1) }
  }

  /// A prefix code, most significant bit first.
  mutating func code(_ value: Int, _ count: Int) {
    for index in (0..<count).reversed() { append(value >> index & 1) }
  }

  private mutating func append(_ bit: Int) {
    if used % 8 == 0 { bytes.append(0) }
    if bit == 1 { bytes[used / 8] |= 1 << UInt8(used % 8) }
    used += 1
  }
}
