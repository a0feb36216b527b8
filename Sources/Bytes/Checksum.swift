internal import CDeflate

/// The cyclic redundancy check of PNG (ISO/IEC 15948, annex D), ZIP and gzip (RFC 1952, section 8).
package struct CRC32: Sendable {
  package private(set) var value: UInt32 = 0

  package init() {}

  /// Takes in every byte of `span`, whatever of it has been read.
  package mutating func update(_ span: borrowing ByteSpan) { update(span.bytes) }

  /// Takes in bytes.
  package mutating func update(_ bytes: borrowing RawSpan) {
    let previous = value
    value = bytes.withUnsafeBytes { libdeflate_crc32(previous, $0.baseAddress, $0.count) }
  }
}

/// The cyclic redundancy check of Ogg pages (RFC 3533, section 6): polynomial 0x04c11db7, most
/// significant bit first, starting from zero, not inverted.
package struct OggCRC: Sendable {
  package private(set) var value: UInt32 = 0

  package init() {}

  /// Takes in every byte of `span`, whatever of it has been read.
  package mutating func update(_ span: borrowing ByteSpan) {
    let previous = value
    value = span.bytes.withUnsafeBytes { bytes in
      Self.table.withUnsafeBufferPointer { Self.advance(previous, over: bytes, with: $0) }
    }
  }

  /// Takes in four zeros: what stands for the page's own checksum while it is computed.
  package mutating func updateWithZeros() {
    for _ in 0..<4 { value = value << 8 ^ Self.table[Int(value >> 24)] }
  }

  /// Eight tables, so that eight bytes go in at a step: table k holds a byte's effect k bytes later.
  private static let table: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte) << 24
      for _ in 0..<8 { value = value << 1 ^ (value >> 31 == 1 ? 0x04c1_1db7 : 0) }
      table[byte] = value
    }
    for index in 256..<table.count {
      let earlier = table[index - 256]
      table[index] = earlier << 8 ^ table[Int(earlier >> 24)]
    }
    return table
  }()

  // All indexes are a byte plus a multiple of 256 below 2,048, so the pointer's checks aren't missed.
  private static func advance(
    _ start: UInt32, over bytes: UnsafeRawBufferPointer, with table: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    var value = start
    var index = 0
    while bytes.count &- index >= 8 {
      let word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let high = value ^ UInt32(truncatingIfNeeded: word >> 32)
      let low = UInt32(truncatingIfNeeded: word)
      let first = table[1792 &+ Int(high >> 24)] ^ table[1536 &+ Int(high >> 16 & 0xff)]
      let second = table[1280 &+ Int(high >> 8 & 0xff)] ^ table[1024 &+ Int(high & 0xff)]
      let third = table[768 &+ Int(low >> 24)] ^ table[512 &+ Int(low >> 16 & 0xff)]
      let fourth = table[256 &+ Int(low >> 8 & 0xff)] ^ table[Int(low & 0xff)]
      value = first ^ second ^ third ^ fourth
      index &+= 8
    }
    while index < bytes.count {
      value = value << 8 ^ table[Int(UInt8(value >> 24) ^ bytes[index])]
      index &+= 1
    }
    return value
  }
}
