import SystemPackage
import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads lists of paths, policies and standard input into memory.
enum Input {
  /// The maximum size of what is read.
  static let maximumBytes = 1 << 28

  struct TooLarge: Error, CustomStringConvertible {
    let limit: Int

    var description: String { "is larger than \(limit) bytes" }
  }

  /// Reads all of standard input.
  static func all() throws -> [UInt8] { try all(of: STDIN_FILENO) }

  /// Reads all of a file, which need not be a regular file: a shell's `<(…)` is a pipe.
  static func all(ofFileAt path: FilePath, upTo limit: Int = maximumBytes) throws -> [UInt8] {
    let descriptor = open(path.bytes.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ByteSourceError(systemError: errno) }
    defer { close(descriptor) }
    return try all(of: descriptor, upTo: limit)
  }

  /// A source that can be read more than once. Regular files are read from disk, pipes are buffered in memory. `-` is
  /// standard input.
  static func source(_ path: FilePath) throws -> any ByteSource {
    if path == "-" { return MemorySource(try all()) }
    if let file = try? FileSource(path: path) { return file }
    return MemorySource(try all(ofFileAt: path))
  }

  private static func all(of descriptor: Int32, upTo limit: Int = maximumBytes) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let more = try read(1 << 16, from: descriptor) {
      bytes += more
      if bytes.count > limit { throw TooLarge(limit: limit) }
    }
    return bytes
  }

  /// Reads the available bytes of standard input, up to a limit; nil at its end.
  static func read(_ limit: Int) throws -> [UInt8]? { try read(limit, from: STDIN_FILENO) }

  private static func read(_ limit: Int, from descriptor: Int32) throws -> [UInt8]? {
    var error: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var got: Int
      repeat {
        #if canImport(Darwin)
          got = Darwin.read(descriptor, buffer.baseAddress, limit)
        #elseif canImport(Glibc)
          got = Glibc.read(descriptor, buffer.baseAddress, limit)
        #else
          got = Musl.read(descriptor, buffer.baseAddress, limit)
        #endif
      } while got < 0 && errno == EINTR
      if got < 0 { error = errno }
      count = max(0, got)
    }
    if error != 0 { throw ByteSourceError(systemError: error) }
    return bytes.isEmpty ? nil : bytes
  }
}
