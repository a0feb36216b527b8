import MediaPreflight
import PreflightFix
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Replaces files that a run has made before.
enum AtomicFile {
  /// Writes a file whole or not at all, in place of one that is there, whose mode it gets. What is not a regular file, such
  /// as `/dev/stdout`, is written directly. A symbolic link is kept, and its target is replaced.
  ///
  /// - Throws: `ByteSourceError` or ``FixError`` with the reason.
  static func write(_ bytes: [UInt8], to path: FilePath) throws {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      return try NewFile.write(MemorySource(bytes), to: path, NewFile.Placement())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let target = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
      return try target.closeAfter { _ = try target.writeAll(bytes) }
    }
    try NewFile.write(
      MemorySource(bytes), to: path.withoutLinks ?? path,
      NewFile.Placement(overwrites: true, model: path, keepsTimes: false))
  }
}
