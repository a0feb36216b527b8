internal import Synchronization
internal import SystemPackage

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Files for programs, in a folder that only this user can open. They are removed when the run ends, however it ends.
public enum TemporaryFiles {
  private struct Folders {
    var paths: Set<FilePath> = []
    /// Whether the run ends, so that nothing may be begun.
    var isAbandoned = false
  }

  private static let folders = Mutex(Folders())

  /// Removes all files, and ends the programs that use them, for a run that is interrupted.
  public static func abandonAll() {
    ProgramRunner.endAll()
    folders.withLock { folders in
      folders.isAbandoned = true
      for path in folders.paths { remove(path) }
    }
  }

  /// Calls a closure with the path of a folder that exists as long as the closure runs.
  static func withFolder<T>(_ body: (FilePath) throws -> T) throws -> T {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array("\(parent)/preflight-fix-XXXXXX".utf8CString)
    let folder = try folders.withLock { folders in
      if folders.isAbandoned { throw FixError.unwritable(FilePath(parent), "interrupted") }
      guard mkdtemp(&name) != nil else {
        throw FixError.unwritable(FilePath(parent), "\(Errno(rawValue: errno))")
      }
      let folder = FilePath(platformString: name)
      folders.paths.insert(folder)
      return folder
    }
    defer {
      remove(folder)
      folders.withLock { _ = $0.paths.remove(folder) }
    }
    return try body(folder)
  }

  /// Removes a folder with the few files that a run puts there.
  private static func remove(_ folder: FilePath) {
    for name in fileNames { _ = folder.appending(name).withPlatformString { unlink($0) } }
    _ = folder.withPlatformString { rmdir($0) }
  }

  /// The names that files in such a folder have.
  static let input = "input"
  /// The name of what a program makes.
  static let output = "output"
  /// The name of what a program decodes.
  static let decoded = "decoded.png"
  /// The name of what a program decodes to JPEG.
  static let decodedJPEG = "decoded.jpg"
  /// The name that heif-convert gives to the first of several images.
  static let firstDecoded = "decoded-1.png"
  private static let fileNames = [input, output, decoded, decodedJPEG] + (1...9).map { "decoded-\($0).png" }
}
