internal import PreflightFacts
internal import PreflightBytes

/// Why a stream can't be told to be whole. It isn't broken by that: libwebp is asked.
struct LosslessDoubt: Error {}

/// The bits of a VP8L stream, each byte's least significant one first (RFC 9649, section 3.3).
struct LosslessBits: ~Escapable {
  private let bytes: RawSpan

  /// How many bits there are.
  let count: Int

  /// How many bits have been read; more than ``count`` where a code went on past the end.
  var position = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) {
    self.bytes = bytes
    count = bytes.byteCount * 8
  }

  /// The next bits from a position on, at least 56 of them, with zeros past the end.
  @inline(__always)
  func peek(at position: Int) -> UInt64 {
    let index = position >> 3
    if index + 8 <= bytes.byteCount {
      let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
      return UInt64(littleEndian: word) >> UInt64(position & 7)
    }
    return peekAtEnd(index) >> UInt64(position & 7)
  }

  private func peekAtEnd(_ start: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in start..<max(start, bytes.byteCount) {
      let byte = bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      word |= UInt64(byte) << UInt64(8 * (index - start))
    }
    return word
  }

  /// A number of up to 24 bits.
  mutating func read(_ bitCount: Int) throws(LosslessDoubt) -> Int {
    let value = peek(at: position) & (1 << UInt64(bitCount) - 1)
    position += bitCount
    guard position <= count else { throw LosslessDoubt() }
    return Int(value)
  }

  mutating func readFlag() throws(LosslessDoubt) -> Bool { try read(1) == 1 }
}
