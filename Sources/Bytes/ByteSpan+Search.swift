#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ByteSpan {
  /// The index, from the span's start, of the first `byte` at or after `start`.
  ///
  /// Compressed pictures are walked from one rare byte to the next, which is what `memchr` is fast at.
  package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    guard start >= 0, start < bytes.byteCount else { return nil }
    return bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return nil }
      guard let found = memchr(base + start, Int32(byte), buffer.count - start) else { return nil }
      return base.distance(to: UnsafeRawPointer(found))
    }
  }

  /// The first index, from the span's start, at or after `start` whose byte isn't one of padding:
  /// NUL or a line end.
  package func firstIndexPastPadding(from start: Int) -> Int? {
    bytes.withUnsafeBytes { buffer in
      var index = start
      while index < buffer.count, buffer[index] == 0 || buffer[index] == 0x0a || buffer[index] == 0x0d {
        index += 1
      }
      return index < buffer.count ? index : nil
    }
  }
}
