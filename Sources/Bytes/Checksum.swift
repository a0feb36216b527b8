internal import CDeflate

/// The cyclic redundancy check of PNG (ISO/IEC 15948, annex D), ZIP and gzip (RFC 1952, section 8).
package struct CRC32: Sendable {
  package private(set) var value: UInt32 = 0

  package init() {}

  /// Adds every byte of `span`, regardless of its position.
  package mutating func update(_ span: borrowing ByteSpan) { update(span.bytes) }

  /// Adds bytes.
  package mutating func update(_ bytes: borrowing RawSpan) {
    // libdeflate returns the initial value for a null pointer.
    guard !bytes.isEmpty else { return }
    let previous = value
    value = bytes.withUnsafeBytes { libdeflate_crc32(previous, $0.baseAddress, $0.count) }
  }
}

/// The checksum of zlib's format (RFC 1950, section 8.2).
package struct Adler32: Sendable {
  package private(set) var value: UInt32 = 1

  package init() {}

  /// Adds bytes.
  package mutating func update(_ bytes: borrowing RawSpan) {
    // libdeflate returns the initial value for a null pointer.
    guard !bytes.isEmpty else { return }
    let previous = value
    value = bytes.withUnsafeBytes { libdeflate_adler32(previous, $0.baseAddress, $0.count) }
  }
}

/// The cyclic redundancy check of Ogg pages (RFC 3533, section 6): polynomial 0x04c11db7, most
/// significant bit first, starting from zero, not inverted.
///
/// This is PNG's CRC with the bits of every byte, and of the value, reversed, for which libdeflate has a fast
/// implementation.
package struct OggCRC: Sendable {
  /// So many bytes are turned around at a step.
  private typealias Word = SIMD8<UInt64>

  /// How many bytes to reverse at a time: as many as a temporary allocation fits on the stack.
  private static let blockSize = 1024

  /// The value in PNG's bit order, not inverted.
  private var reflected: UInt32 = 0

  package var value: UInt32 {
    let words = Self.reversingBits(inEachByteOf: Word(repeating: UInt64(reflected.byteSwapped)))
    return UInt32(truncatingIfNeeded: words[0])
  }

  package init() {}

  /// Adds every byte of `span`, regardless of its position.
  package mutating func update(_ span: borrowing ByteSpan) {
    var state = reflected
    span.bytes.withUnsafeBytes { bytes in
      withUnsafeTemporaryAllocation(byteCount: Self.blockSize, alignment: 16) { block in
        var rest = bytes[...]
        while !rest.isEmpty {
          let next = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockSize))
          Self.reverseBits(of: next, into: block)
          state = ~libdeflate_crc32(~state, block.baseAddress, next.count)
          rest = rest.dropFirst(next.count)
        }
      }
    }
    reflected = state
  }

  /// Adds four zeros, in place of the page's own checksum while it is computed.
  package mutating func updateWithZeros() {
    let zeros: [UInt8] = [0, 0, 0, 0]
    reflected = ~libdeflate_crc32(~reflected, zeros, zeros.count)
  }

  /// Reverses the bits of each byte. The block has space for whole words.
  private static func reverseBits(of bytes: UnsafeRawBufferPointer, into block: UnsafeMutableRawBufferPointer)
  {
    var index = 0
    while bytes.count - index >= MemoryLayout<Word>.size {
      let words = bytes.loadUnaligned(fromByteOffset: index, as: Word.self)
      block.storeBytes(of: reversingBits(inEachByteOf: words), toByteOffset: index, as: Word.self)
      index += MemoryLayout<Word>.size
    }
    if index < bytes.count {
      var last = Word()
      withUnsafeMutableBytes(of: &last) {
        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[index...]))
      }
      block.storeBytes(of: reversingBits(inEachByteOf: last), toByteOffset: index, as: Word.self)
    }
  }

  private static func reversingBits(inEachByteOf words: Word) -> Word {
    let halves = (words &>> 4 & 0x0f0f_0f0f_0f0f_0f0f) | (words & 0x0f0f_0f0f_0f0f_0f0f) &<< 4
    let pairs = (halves &>> 2 & 0x3333_3333_3333_3333) | (halves & 0x3333_3333_3333_3333) &<< 2
    return (pairs &>> 1 & 0x5555_5555_5555_5555) | (pairs & 0x5555_5555_5555_5555) &<< 1
  }
}
