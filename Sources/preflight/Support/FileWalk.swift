import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The files behind the paths that a user names, in a stable order: a file is itself, a folder is every
/// file below it, sorted by name, without hidden ones, and without following links to folders.
struct FileWalk: IteratorProtocol {
  /// Folders and files still to visit, the next one last.
  private var pending: [Entry] = []

  private struct Entry {
    let path: [UInt8]
    /// Whether it was named by the user, and so is looked at whatever it is.
    let isNamed: Bool
  }

  init(_ paths: [FileName]) {
    pending = paths.reversed().map { Entry(path: $0.bytes, isNamed: true) }
  }

  mutating func next() -> FileName? {
    while let entry = pending.popLast() {
      // Whether it is a folder shows when it is opened as one: no second look-up of the name that could
      // find something else there.
      guard let names = Self.list(entry.path, followsLink: entry.isNamed) else { return FileName(entry.path) }
      let base = entry.path.last == UInt8(ascii: "/") ? entry.path : entry.path + [UInt8(ascii: "/")]
      pending += names.sorted { $1.lexicographicallyPrecedes($0) }
        .map { Entry(path: base + $0, isNamed: false) }
    }
    return nil
  }

  /// The names in a folder without hidden ones; nil where the path is no folder to descend into.
  private static func list(_ path: [UInt8], followsLink: Bool) -> [[UInt8]]? {
    let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = open(path.map { CChar(bitPattern: $0) } + [0], flags)
    guard descriptor >= 0 else { return nil }
    guard let folder = fdopendir(descriptor) else {
      close(descriptor)
      return nil
    }
    defer { closedir(folder) }
    var names: [[UInt8]] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name))
        {
          bytes in
          // The name ends with a NUL within its field.
          Array(
            UnsafeBufferPointer(
              start: bytes, count: strlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self))))
        }
      }
      if name.first != UInt8(ascii: ".") { names.append(name) }
    }
    return names
  }
}
