extension ByteWindow {
  private static let blockSize: UInt64 = 1 << 16

  /// Some of the `limit` bytes at `offset`, for a walk through all of them; none only where the data or
  /// the limit ends.
  ///
  /// The blocks end on round offsets, so that a walk doesn't make the window read bytes again that it
  /// holds already. A block that isn't cut short by the data's end or the limit has at least 2 bytes.
  @_lifetime(&self)
  package mutating func block(at offset: UInt64, upTo limit: UInt64) throws(ReadError) -> ByteSpan {
    var size = Self.blockSize - offset % Self.blockSize
    if size < 2 { size += Self.blockSize }
    return try available(at: offset, upTo: Int(min(size, limit)))
  }
}
