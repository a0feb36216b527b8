// RFC 6386, section 7 "Boolean Entropy Decoder".

/// Decodes the decisions of a partition of VP8 data. Beyond its end there are zeros.
struct BoolDecoder {
  private let bytes: [UInt8]
  private let end: Int
  /// The next byte that is shifted in.
  private var position: Int
  private var value: UInt32 = 0
  private var range: UInt32 = 255
  /// How many bits of the last byte were shifted out.
  private var bitCount = 0

  /// - Precondition: The range is one of the bytes.
  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
    value = nextByte() << 8
    value |= nextByte()
  }

  /// How many bytes weren't needed so far; less than 0 if more were than there are.
  var byteCountLeft: Int { end - position }

  private mutating func nextByte() -> UInt32 {
    defer { position += 1 }
    return position < end ? UInt32(bytes[position]) : 0
  }

  /// - Parameter probability: That of a zero, in 256ths.
  mutating func bit(_ probability: UInt8) -> Bool {
    let split = 1 + ((range - 1) * UInt32(probability)) >> 8
    let isSet = value >= split << 8
    if isSet {
      range -= split
      value -= split << 8
    } else {
      range = split
    }
    // Until the range has eight bits again.
    let shift = range.leadingZeroBitCount - 24
    range <<= shift
    value <<= shift
    bitCount += shift
    if bitCount >= 8 {
      bitCount -= 8
      value |= nextByte() << bitCount
    }
    return isSet
  }

  mutating func flag() -> Bool { bit(128) }

  /// An unsigned number, the highest bit first.
  mutating func literal(_ bitCount: Int) -> Int {
    (0..<bitCount).reduce(0) { number, _ in number << 1 | (flag() ? 1 : 0) }
  }

  /// Skips a number with a sign, if a flag says that there is one.
  mutating func skipOptional(_ bitCount: Int) {
    if flag() { _ = literal(bitCount + 1) }
  }
}
