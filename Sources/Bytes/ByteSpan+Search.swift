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
  /// Compressed images are scanned for rare bytes, which `memchr` does fast.
  package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    guard start >= 0, start < bytes.byteCount else { return nil }
    return bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return nil }
      guard let found = memchr(base + start, Int32(byte), buffer.count - start) else { return nil }
      return base.distance(to: UnsafeRawPointer(found))
    }
  }

  /// The index, from the span's start, of the first occurrence of `pattern` at or after `start`; nil for an
  /// empty one.
  package func firstIndex(of pattern: StaticString, from start: Int = 0) -> Int? {
    guard let first = pattern.withUTF8Buffer(\.first) else { return nil }
    var start = start
    while let index = firstIndex(of: first, from: start) {
      if has(pattern, at: index) { return index }
      start = index + 1
    }
    return nil
  }

  /// The index, from the span's start, of the first byte that isn't padding: NUL or a line end.
  package var firstIndexPastPadding: Int? {
    var index = 0
    while let byte = self[index] {
      if byte != 0, byte != 0x0a, byte != 0x0d { return index }
      index += 1
    }
    return nil
  }
}
