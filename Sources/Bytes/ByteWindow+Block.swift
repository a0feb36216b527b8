extension ByteWindow {
  private static let blockSize: UInt64 = 1 << 16

  /// Some of the `limit` bytes at `offset`, to scan all of them block by block; empty only at the end of the
  /// data or the limit.
  ///
  /// Blocks end on aligned offsets, so that a scan doesn't make the window read bytes twice. A block that
  /// isn't cut short by the end of the data or the limit has at least 2 bytes.
  @_lifetime(&self)
  package mutating func block(at offset: UInt64, upTo limit: UInt64) throws(ReadError) -> ByteSpan {
    var size = Self.blockSize - offset % Self.blockSize
    if size < 2 { size += Self.blockSize }
    return try available(at: offset, upTo: Int(min(size, limit)))
  }
}
