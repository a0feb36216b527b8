internal import PreflightBytes
internal import Synchronization
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Files for programs, in a folder that only this user can open, and where alone they may write. They are removed with the
/// instance, or when the run ends.
final class TemporaryFolder: Sendable {
  /// The files that a run puts there.
  enum File: String {
    case input
    /// What a program makes.
    case output
    /// What a program decodes.
    case decoded = "decoded.png"
    /// What a program decodes to JPEG.
    case decodedJPEG = "decoded.jpg"
  }

  /// The folders that exist.
  private static let folders = Mutex(Begun<FilePath>())

  /// Removes all folders, and ends the programs that use them, for a run that is interrupted.
  static func abandonAll() {
    ProgramRunner.endAll()
    folders.withLock { folders in
      folders.isAbandoned = true
      for path in folders.items { removeFolder(path) }
    }
  }

  let path: FilePath
  /// What starts programs without a network; nil to start them as they are.
  let confiner: FilePath?

  /// Creates it in TMPDIR, else in `/tmp`.
  ///
  /// - Throws: ``FixError`` if there can be none.
  init(confiner: FilePath?) throws(FixError) {
    self.confiner = confiner
    var name = TemporaryName.template("preflight-fix")
    let parent = FilePath(platformString: name).removingLastComponent()
    let made: Result<FilePath, FixError> = Self.folders.withLock { folders in
      if folders.isAbandoned { return .failure(.unwritable(parent, "interrupted")) }
      guard mkdtemp(&name) != nil else {
        return .failure(.unwritable(parent, "\(Errno(rawValue: errno))"))
      }
      let path = FilePath(platformString: name)
      folders.items.insert(path)
      return .success(path)
    }
    path = try made.get()
  }

  deinit {
    Self.removeFolder(path)
    Self.folders.withLock { _ = $0.items.remove(path) }
  }

  func path(of file: File) -> FilePath { path.appending(file.rawValue) }

  /// The name that heif-convert gives to the first of several images.
  var firstDecoded: FilePath { path.appending("decoded-1.png") }

  static func remove(_ file: FilePath) { _ = file.withPlatformString { unlink($0) } }

  /// Removes it with all that programs left there: heif-convert writes each of a file's images.
  private static func removeFolder(_ folder: FilePath) {
    // What can't be removed is the system's to remove, as all of its folder for temporary files.
    try? FileManager.default.removeItem(atPath: folder.string)
  }
}
