/// A buffer in memory as a source.
public struct MemorySource: ByteSource {
  private let bytes: [UInt8]

  /// Creates a source over a copy-on-write reference to `bytes`.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The number of bytes in the buffer.
  public var byteCount: UInt64 { UInt64(bytes.count) }

  /// Copies the bytes at `offset` into `buffer`; never throws.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    guard offset < byteCount else { return 0 }
    let slice = bytes[Int(offset)...].prefix(buffer.count)
    buffer.copyBytes(from: slice)
    return slice.count
  }
}
