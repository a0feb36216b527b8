import SystemPackage
import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writes files atomically.
enum AtomicFile {
  /// Writes a temporary file beside the target and renames it. A target that is not a regular file, such as
  /// `/dev/stdout`, is written directly. A symbolic link is kept, and its target is replaced.
  static func write(_ bytes: [UInt8], to path: FilePath) throws(ByteSourceError) {
    var mode: mode_t?
    var target = path.bytes
    var status = stat()
    if stat(terminated(target), &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { return try write(bytes, into: path) }
      mode = status.st_mode & 0o777
      if let resolved = realpath(terminated(target), nil) {
        defer { free(resolved) }
        target = UnsafeBufferPointer(start: resolved, count: strlen(resolved)).map(UInt8.init(bitPattern:))
      }
    }
    let slash = target.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    // mkstemp replaces the X's.
    var temporary = terminated(target[..<slash] + Array(".preflight-XXXXXX".utf8))
    let descriptor = mkstemp(&temporary)
    guard descriptor >= 0 else { throw ByteSourceError(systemError: errno) }
    // Set the mode that open() would have used: mkstemp denies access to other users.
    let mask = umask(0)
    _ = umask(mask)
    fchmod(descriptor, mode ?? (0o666 & ~mask))
    let isWritten = Terminal.write(bytes, to: descriptor) && fsync(descriptor) == 0
    let failure = errno
    close(descriptor)
    if isWritten, rename(temporary, terminated(target)) == 0 { return }
    let number = isWritten ? errno : failure
    unlink(temporary)
    throw ByteSourceError(systemError: number)
  }

  private static func write(_ bytes: [UInt8], into path: FilePath) throws(ByteSourceError) {
    let descriptor = open(terminated(path.bytes), O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ByteSourceError(systemError: errno) }
    defer { close(descriptor) }
    guard Terminal.write(bytes, to: descriptor) else { throw ByteSourceError(systemError: errno) }
  }

  private static func terminated(_ path: [UInt8]) -> [CChar] { path.map { CChar(bitPattern: $0) } + [0] }
}
