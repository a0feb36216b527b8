internal import PreflightFacts
internal import PreflightFormats
internal import CLibMagic

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// libmagic's database, in memory once for all cookies: the one that the static executable contains, or else the
/// system's compiled files, mapped. Otherwise each cookie would map its own eight megabytes.
// Safe to share: the bytes are only read, and last as long as the process.
struct SystemDatabase: @unchecked Sendable {
  private let files: [UnsafeMutableRawBufferPointer]

  /// The executable's own database, unless the environment names another; else the one that libmagic would load. Nil if
  /// that doesn't consist of compiled files, or can't be mapped: libmagic then searches itself and reports errors.
  static let shared: SystemDatabase? = {
    let namesAnother = getenv("MAGIC").map { $0.pointee != 0 } ?? false
    if let builtIn, !namesAnother { return SystemDatabase(files: [builtIn]) }
    guard let path = magic_getpath(nil, 0) else { return nil }
    var files: [UnsafeMutableRawBufferPointer] = []
    for part in String(cString: path).split(separator: ":") {
      let compiled = part.hasSuffix(".mgc") ? String(part) : part + ".mgc"
      if let file = map(compiled) {
        files.append(file)
      } else if !isEmpty(String(part)) {
        return nil
      }
    }
    return files.isEmpty ? nil : SystemDatabase(files: files)
  }()

  /// Makes a handle use the database; false if libmagic rejects it.
  func load(into handle: magic_t) -> Bool {
    var starts = files.map { $0.baseAddress }
    var sizes = files.map { $0.count }
    return magic_load_buffers(handle, &starts, &sizes, files.count) == 0
  }

  /// The database that `.ci/build-static` links into the executable.
  private static var builtIn: UnsafeMutableRawBufferPointer? {
    #if os(Linux)
      // libmagic changes no database of its own byte order.
      guard let start = UnsafeMutableRawPointer(mutating: built_in_database()) else { return nil }
      return UnsafeMutableRawBufferPointer(start: start, count: built_in_database_size())
    #else
      return nil
    #endif
  }

  private static func map(_ path: String) -> UnsafeMutableRawBufferPointer? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return nil }
    let size = Int(status.st_size)
    let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard start != MAP_FAILED else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  /// Whether there is no magic source at a path, or an empty one, such as Debian's `/etc/magic`.
  private static func isEmpty(_ path: String) -> Bool {
    guard let file = fopen(path, "re") else { return errno == ENOENT }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let first = line.first { $0 != 0x20 && $0 != 0x09 }
      // A comment, the line's end, or the text's.
      if let first, first != 0x23, first != 0x0a, first != 0 { return false }
    }
    // A directory of sources can be opened like a file but not read like one.
    return ferror(file) == 0
  }
}
