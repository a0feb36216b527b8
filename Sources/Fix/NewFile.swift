package import PreflightBytes
internal import Synchronization
package import SystemPackage

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that appears whole or not at all: it is written under a temporary name beside its place, and renamed.
package enum NewFile {
  /// The temporary files that exist.
  private static let begun = Mutex(Begun<FilePath>())

  /// Removes what was begun, for a run that is interrupted.
  static func abandonAll() {
    begun.withLock { begun in
      begun.isAbandoned = true
      for path in begun.items { _ = path.withPlatformString { unlink($0) } }
    }
  }

  /// How a file is put in its place.
  package struct Placement {
    /// Whether a file that is there is replaced.
    var overwrites: Bool
    /// The file whose mode the new one gets; nil for that of any new file.
    var model: FilePath?
    /// That file as it was read; nil if it may have changed.
    var read: FileSource?
    /// Whether it gets that file's times too.
    var keepsTimes: Bool

    package init(
      overwrites: Bool = false, model: FilePath? = nil, read: FileSource? = nil, keepsTimes: Bool = true
    ) {
      self.overwrites = overwrites
      self.model = model
      self.read = read
      self.keepsTimes = keepsTimes
    }
  }

  /// Writes a file.
  ///
  /// - Throws: `ByteSourceError` if the source can't be read, ``FixError`` if the file can't be written.
  package static func write(_ source: any ByteSource, to path: FilePath, _ placement: Placement) throws {
    var status = stat()
    // A device or a pipe would be gone.
    if path.withPlatformString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT != S_IFREG {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw FixError.unwritable(path, isFolder ? "it is a folder" : "it isn't a regular file")
    }
    if !placement.overwrites, path.withPlatformString({ lstat($0, &status) }) == 0 {
      throw FixError.exists(path)
    }
    let folder = path.removingLastComponent()
    let (descriptor, temporary) = try make(in: folder, for: path)
    defer { begun.withLock { _ = $0.items.remove(temporary) } }
    do {
      defer { close(descriptor) }
      do { try source.copy(to: FileDescriptor(rawValue: descriptor)) } catch let error as Errno {
        errno = error.rawValue
        throw failure(path)
      }
      setAttributes(of: descriptor, placement)
      guard fsync(descriptor) == 0 else { throw failure(path) }
      if let read = placement.read, let model = placement.model { try check(model, isStill: read) }
    } catch {
      _ = temporary.withPlatformString { unlink($0) }
      throw error
    }
    try place(temporary, at: path, overwrites: placement.overwrites)
    // The name itself is on disk once its folder is.
    let handle = (folder.isEmpty ? "." : folder).withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
  }

  /// Removes a file once another stands in for it; otherwise the other, so that there aren't two.
  ///
  /// - Throws: ``FixError``: ``FixError/changed(_:)`` if it isn't what was read any more.
  package static func remove(_ path: FilePath, asRead read: FileSource, for other: FilePath) throws {
    do {
      try check(path, isStill: read)
      guard path.withPlatformString({ unlink($0) }) == 0 else { throw failure(path) }
    } catch {
      _ = other.withPlatformString { unlink($0) }
      throw error
    }
  }

  /// Makes sure that nobody's newer version is replaced or removed.
  ///
  /// What appears between this and the rename or unlink that follows at once is still lost: neither of them can be told to
  /// compare.
  private static func check(_ path: FilePath, isStill read: FileSource) throws {
    if !read.isUnchanged(at: path) { throw FixError.changed(path) }
  }

  private static func make(in folder: FilePath, for path: FilePath) throws -> (Int32, FilePath) {
    try begun.withLock { begun in
      if begun.isAbandoned { throw FixError.unwritable(path, "interrupted") }
      var name = TemporaryName.template(".preflight", in: folder)
      let descriptor = mkstemp(&name)
      guard descriptor >= 0 else { throw failure(path) }
      let temporary = FilePath(name.dropLast().map { UInt8(bitPattern: $0) })
      begun.items.insert(temporary)
      return (descriptor, temporary)
    }
  }

  /// The mode that open() would have given, or mode and times of the file that is replaced.
  private static func setAttributes(of descriptor: Int32, _ placement: Placement) {
    var status = stat()
    if let model = placement.model, model.withPlatformString({ stat($0, &status) }) == 0 {
      // The owner can be kept by root alone; a new file of another owner is no reason to fail.
      _ = fchown(descriptor, status.st_uid, status.st_gid)
      fchmod(descriptor, status.st_mode & 0o7777)
      guard placement.keepsTimes else { return }
      #if canImport(Darwin)
        var times = [status.st_atimespec, status.st_mtimespec]
      #else
        var times = [status.st_atim, status.st_mtim]
      #endif
      futimens(descriptor, &times)
    } else {
      let mask = umask(0)
      _ = umask(mask)
      fchmod(descriptor, 0o666 & ~mask)
    }
  }

  private static func place(_ temporary: FilePath, at path: FilePath, overwrites: Bool) throws {
    let isPlaced = temporary.withPlatformString { from in
      path.withPlatformString { to in
        if overwrites { return rename(from, to) == 0 }
        // Unlike rename(), this fails if a file has appeared there meanwhile.
        if link(from, to) == 0 {
          unlink(from)
          return true
        }
        // Some file systems have no second names.
        if [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno), access(to, F_OK) != 0 {
          return rename(from, to) == 0
        }
        return false
      }
    }
    if isPlaced { return }
    let error = failure(path)
    _ = temporary.withPlatformString { unlink($0) }
    throw error
  }

  private static func failure(_ path: FilePath) -> FixError {
    errno == EEXIST ? .exists(path) : .unwritable(path, ByteSourceError(systemError: errno).description)
  }

  /// Makes a folder and those above it.
  ///
  /// - Throws: ``FixError`` if one can't be made.
  package static func makeFolder(_ path: FilePath) throws {
    var folder = FilePath(root: path.root, [])
    for component in path.components {
      folder.append(component)
      let made = folder.withPlatformString { mkdir($0, 0o777) }
      if made != 0, errno != EEXIST { throw failure(folder) }
    }
  }

  /// Whether two paths are the same file.
  package static func areSame(_ a: FilePath, _ b: FilePath) -> Bool {
    var (first, second) = (stat(), stat())
    guard a.withPlatformString({ stat($0, &first) }) == 0, b.withPlatformString({ stat($0, &second) }) == 0
    else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}
