private import PreflightBytes
package import SystemPackage

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#endif

/// A file without a name, for bytes that one of our processes passes to another. It is gone when the last of its
/// descriptors is closed.
package final class UnnamedFile: Sendable {
  package let writing: FileDescriptor
  /// The same file, for a process that must not change it.
  package let reading: FileDescriptor

  /// Creates it in TMPDIR, else in `/tmp`.
  ///
  /// - Throws: `Errno` if there can be no file.
  package init() throws(Errno) {
    var template = TemporaryName.template("preflight")
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    writing = FileDescriptor(rawValue: descriptor)
    let other = open(template, O_RDONLY | O_CLOEXEC)
    let error = errno
    unlink(template)
    guard other >= 0 else {
      close(descriptor)
      throw Errno(rawValue: error)
    }
    reading = FileDescriptor(rawValue: other)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit {
    try? writing.close()
    try? reading.close()
  }
}
