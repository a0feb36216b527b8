public import SystemPackage

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

  /// The file's size when it was opened.
  public let byteCount: UInt64

  /// The file's state when it was opened.
  private let opened: FileState

  /// Opens the file at `path`, without ever blocking.
  ///
  /// - Throws: ``ByteSourceError`` if the path doesn't exist, can't be opened, or isn't a regular file.
  public init(path: FilePath) throws(ByteSourceError) {
    // Check before opening: opening a device or a pipe has side effects, also for the process at the other
    // end. The file may be replaced in between, so the descriptor is checked again below. That check also
    // reports directories; for an unreadable directory, opening it fails with the reason.
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      let number = errno
      throw ByteSourceError(systemError: number)
    }
    if let kind = Self.kind(ofMode: status.st_mode), status.st_mode & S_IFMT != S_IFDIR {
      throw ByteSourceError("it is \(kind), not a regular file")
    }
    // O_NONBLOCK prevents blocking on a FIFO or a device; it has no effect on regular files.
    var descriptor: Int32
    repeat {
      descriptor = path.withPlatformString { open($0, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) }
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else {
      let number = errno
      throw ByteSourceError(systemError: number)
    }
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
    self.opened = FileState(status)
  }

  /// Takes over an open file, which is closed with the source.
  ///
  /// - Parameter descriptor: The descriptor, open for reading.
  /// - Throws: ``ByteSourceError`` if it isn't a regular file's.
  package init(_ descriptor: FileDescriptor) throws(ByteSourceError) {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else {
      let number = errno
      close(descriptor.rawValue)
      throw ByteSourceError(systemError: number)
    }
    if let kind = Self.kind(ofMode: status.st_mode) {
      close(descriptor.rawValue)
      throw ByteSourceError("it is \(kind), not a regular file")
    }
    self.descriptor = descriptor.rawValue
    byteCount = UInt64(max(0, status.st_size))
    opened = FileState(status)
  }

  /// The open file, as long as the source is kept.
  package var fileDescriptor: FileDescriptor { FileDescriptor(rawValue: descriptor) }

  deinit { close(descriptor) }

  /// Reads with `pread`, so that concurrent calls don't interfere.
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

  /// Throws if the file was written to or changed its size since it was opened, even if its modification time was set
  /// back. A new name, mode or owner can't be told from that, so they count as well; removing or replacing doesn't.
  ///
  /// - Throws: ``ByteSourceError``.
  public func checkUnchanged() throws(ByteSourceError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let number = errno
      throw ByteSourceError(systemError: number)
    }
    if !FileState(status).isUnchanged(since: opened) {
      throw ByteSourceError("it changed while it was read")
    }
  }

  /// Whether this file is still what a path leads to, in the state in which it was opened. Something that replaced it
  /// isn't, whatever it has.
  package func isUnchanged(at path: FilePath) -> Bool {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return false }
    let found = FileState(status)
    return found.isSameFile(as: opened) && found.isUnchanged(since: opened)
  }

  /// What is at a path, if it isn't a regular file; nil for a regular file.
  private static func kind(ofMode mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a directory"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }
}

/// Which file it is, and what a write to it changes.
private struct FileState {
  private let device: dev_t
  private let inode: ino_t
  private let byteCount: off_t
  /// The time of the last write, which any program can set back.
  private let modified: timespec
  /// The time of the last change to content or attributes, which no program can set.
  private let changed: timespec
  private let nameCount: nlink_t

  init(_ status: stat) {
    (device, inode) = (status.st_dev, status.st_ino)
    byteCount = status.st_size
    nameCount = status.st_nlink
    #if canImport(Darwin)
      (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      (modified, changed) = (status.st_mtim, status.st_ctim)
    #endif
  }

  func isSameFile(as other: FileState) -> Bool { device == other.device && inode == other.inode }

  func isUnchanged(since earlier: FileState) -> Bool {
    // A name that is removed, or replaced, also sets the time of the last change. The file may have others.
    byteCount == earlier.byteCount && Self.areEqual(modified, earlier.modified)
      && (nameCount < earlier.nameCount || Self.areEqual(changed, earlier.changed))
  }

  private static func areEqual(_ a: timespec, _ b: timespec) -> Bool {
    a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec
  }
}

extension ByteSourceError {
  /// Creates an error from the operating system's number.
  package init(systemError number: Int32) {
    self.init(
      Self.words(for: number), errorNumber: number, isMissing: number == ENOENT || number == ENOTDIR)
  }

  /// The reason, as in the C locale but decided here, so that reports don't vary with the machine.
  private static func words(for number: Int32) -> String {
    switch number {
    case ENOENT: "no such file"
    case ENOTDIR: "a component of the path is not a directory"
    case EACCES, EPERM: "permission denied"
    case ELOOP: "too many symbolic links"
    case ENAMETOOLONG: "the file name is too long"
    case EMFILE, ENFILE: "too many open files"
    case EIO: "the device reports a read error"
    case ENXIO: "it is a socket or a device without a driver, not a regular file"
    default: String(cString: strerror(number))
    }
  }
}
