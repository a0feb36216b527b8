import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Texts that the command line reads whole: lists of paths, policies.
enum Input {
  /// No list and no policy is larger than this.
  private static let maximumBytes = 1 << 28

  struct TooLarge: Error, CustomStringConvertible {
    var description: String { "is larger than \(Input.maximumBytes) bytes" }
  }

  /// All of standard input.
  static func all() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let more = try read(1 << 16) {
      bytes += more
      if bytes.count > maximumBytes { throw TooLarge() }
    }
    return bytes
  }

  /// All of a regular file.
  static func all(ofFileAt path: FileName) throws -> [UInt8] {
    let source = try FileSource(path: path.bytes)
    guard source.byteCount <= maximumBytes else { throw TooLarge() }
    var bytes = [UInt8](repeating: 0, count: Int(source.byteCount))
    var count = 0
    try bytes.withUnsafeMutableBytes { buffer in
      while count < buffer.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        let got = try source.read(into: rest, at: UInt64(count))
        if got == 0 { break }
        count += got
      }
    }
    return Array(bytes[..<count])
  }

  /// The next bytes of standard input, as many as are there; nil at its end.
  static func read(_ limit: Int) throws -> [UInt8]? {
    var error: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var got: Int
      repeat {
        #if canImport(Darwin)
          got = Darwin.read(STDIN_FILENO, buffer.baseAddress, limit)
        #elseif canImport(Glibc)
          got = Glibc.read(STDIN_FILENO, buffer.baseAddress, limit)
        #else
          got = Musl.read(STDIN_FILENO, buffer.baseAddress, limit)
        #endif
      } while got < 0 && errno == EINTR
      if got < 0 { error = errno }
      count = max(0, got)
    }
    if error != 0 { throw ByteSourceError(String(cString: strerror(error)), errorNumber: error) }
    return bytes.isEmpty ? nil : bytes
  }
}
