internal import CZlib

/// The cyclic redundancy check of PNG (ISO/IEC 15948, annex D), ZIP and gzip (RFC 1952, section 8).
package struct CRC32: Sendable {
  package private(set) var value: UInt32 = 0

  package init() {}

  /// Takes in every byte of `span`, whatever of it has been read.
  package mutating func update(_ span: borrowing ByteSpan) {
    let previous = value
    value = span.bytes.withUnsafeBytes { bytes in
      UInt32(
        truncatingIfNeeded: crc32_z(
          UInt(previous), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
  }
}
