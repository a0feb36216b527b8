extension ByteSource {
  /// All bytes of a source that is small enough to hold in memory.
  ///
  /// - Parameter limit: The maximum number of bytes to read.
  /// - Throws: ``ByteSourceError`` if the source has more bytes than the limit, ends early, can't be read, or
  ///   has changed since it was opened.
  package func contents(upTo limit: Int) throws -> [UInt8] {
    guard byteCount <= UInt64(limit) else { throw ByteSourceError("it is larger than \(limit) bytes") }
    var window = ByteWindow(self)
    var bytes: [UInt8] = []
    do {
      while UInt64(bytes.count) < byteCount {
        let block = try window.block(at: UInt64(bytes.count), upTo: byteCount - UInt64(bytes.count))
        if block.remaining == 0 { throw ByteSourceError("it ended early") }
        block.bytes.withUnsafeBytes { bytes.append(contentsOf: $0) }
      }
    } catch let error as ReadError {
      if case .source(let reason) = error.reason { throw reason }
      throw ByteSourceError("it can't be read")
    }
    try checkUnchanged()
    return bytes
  }
}
