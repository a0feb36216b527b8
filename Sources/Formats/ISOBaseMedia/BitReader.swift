internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// Bits, most significant first, of a few hundred bytes copied from the file.
  struct BitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The payload of a NAL unit without emulation prevention bytes (ITU-T H.264, 7.3.1; H.265, 7.3.1.1).
    init(rawByteSequenceOf unit: [UInt8]) {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(unit.count)
      var zeros = 0
      for byte in unit {
        if zeros >= 2, byte == 3 {
          zeros = 0
          continue
        }
        zeros = byte == 0 ? zeros + 1 : 0
        bytes.append(byte)
      }
      self.init(bytes)
    }

    /// How many bits are left.
    var remaining: Int { bytes.count * 8 - position }

    mutating func flag() throws(ReadError) -> Bool { try bits(1) == 1 }

    /// An unsigned number of up to 32 bits.
    mutating func bits(_ count: Int) throws(ReadError) -> UInt32 {
      guard count <= remaining else { throw ReadError(.endOfData, at: UInt64(bytes.count)) }
      var value: UInt32 = 0
      for _ in 0..<count {
        let bit = bytes[position >> 3] >> (7 - UInt8(position & 7)) & 1
        value = value << 1 | UInt32(bit)
        position += 1
      }
      return value
    }

    mutating func skip(_ count: Int) throws(ReadError) {
      guard count <= remaining else { throw ReadError(.endOfData, at: UInt64(bytes.count)) }
      position += count
    }

    mutating func alignToByte() { position = min((position + 7) & ~7, bytes.count * 8) }

    /// `ue(v)`, ITU-T H.264, 9.1.
    mutating func unsignedExpGolomb() throws(ReadError) -> UInt32 {
      var zeros = 0
      while try !flag() {
        zeros += 1
        if zeros > 31 { throw ReadError(.implausible, at: 0) }
      }
      return (1 << UInt32(zeros)) - 1 + (try bits(zeros))
    }

    /// `se(v)`, ITU-T H.264, 9.1.1.
    mutating func signedExpGolomb() throws(ReadError) -> Int {
      let code = Int(try unsignedExpGolomb())
      return code & 1 == 1 ? (code + 1) / 2 : -(code / 2)
    }
  }
}
