#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A regular file, opened once: its size and its content come from the same descriptor.
public final class FileSource: ByteSource {
  private let descriptor: Int32

  /// The size that the file had when it was opened.
  public let byteCount: UInt64

  /// Opens the file at `path`, without blocking whatever it is.
  ///
  /// - Throws: ``ByteSourceError`` when nothing stands at the path, it can't be opened, or it isn't a
  ///   regular file.
  public convenience init(path: String) throws(ByteSourceError) {
    var bytes = Array(path.utf8CString)
    if bytes.dropLast().contains(0) { throw ByteSourceError("it has a NUL byte in its name") }
    try self.init(pathBytes: &bytes)
  }

  /// Opens the file at a path that need not be valid UTF-8.
  ///
  /// - Parameter path: The path's bytes without a terminating NUL.
  /// - Throws: As ``init(path:)``.
  public convenience init(path: [UInt8]) throws(ByteSourceError) {
    if path.contains(0) { throw ByteSourceError("it has a NUL byte in its name") }
    var bytes = path.map { CChar(bitPattern: $0) } + [0]
    try self.init(pathBytes: &bytes)
  }

  private init(pathBytes: inout [CChar]) throws(ByteSourceError) {
    // O_NONBLOCK keeps the open of a FIFO or a device from waiting; it changes nothing for a file.
    var descriptor: Int32
    repeat {
      descriptor = open(pathBytes, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else {
      let number = errno
      throw ByteSourceError(systemError: number)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let number = errno
      close(descriptor)
      throw ByteSourceError(systemError: number)
    }
    if let kind = Self.kind(ofMode: status.st_mode) {
      close(descriptor)
      throw ByteSourceError("it is \(kind), not a regular file")
    }
    self.descriptor = descriptor
    self.byteCount = UInt64(max(0, status.st_size))
  }

  deinit { close(descriptor) }

  /// Reads at an offset with `pread`, so that calls from several threads don't disturb each other.
  ///
  /// - Throws: ``ByteSourceError`` with the operating system's reason.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(ByteSourceError) -> Int {
    guard let position = off_t(exactly: offset) else { return 0 }
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, position)
      if count >= 0 { return count }
      let number = errno
      if number != EINTR { throw ByteSourceError(systemError: number) }
    }
  }

  /// What stands at a path that is no regular file; nil for a regular file.
  private static func kind(ofMode mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }
}

extension ByteSourceError {
  /// Creates an error from the operating system's number.
  package init(systemError number: Int32) {
    self.init(
      Self.words(for: number), errorNumber: number, isMissing: number == ENOENT || number == ENOTDIR)
  }

  /// The reason in the C locale's words, decided here so that reports don't vary with the machine.
  private static func words(for number: Int32) -> String {
    switch number {
    case ENOENT: "no such file"
    case ENOTDIR: "a part of the path is not a folder"
    case EACCES, EPERM: "permission denied"
    case ELOOP: "too many symbolic links"
    case ENAMETOOLONG: "the name is too long"
    case EMFILE, ENFILE: "too many open files"
    case EIO: "the device reports a read error"
    case ENXIO: "it is a socket or a device without a driver, not a regular file"
    default: String(cString: strerror(number))
    }
  }
}
