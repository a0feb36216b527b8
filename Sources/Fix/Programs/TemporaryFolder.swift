internal import PreflightBytes
internal import Synchronization
internal import SystemPackage

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
  enum File: String, CaseIterable {
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

  /// The name that heif-convert gives to one of several images.
  ///
  /// - Parameter number: Of the image, from 1.
  func path(ofDecoded number: Int) -> FilePath { Self.path(ofDecoded: number, in: path) }

  private static func path(ofDecoded number: Int, in folder: FilePath) -> FilePath {
    folder.appending("decoded-\(number).png")
  }

  static func remove(_ file: FilePath) { _ = file.withPlatformString { unlink($0) } }

  private static func removeFolder(_ folder: FilePath) {
    for file in File.allCases { remove(folder.appending(file.rawValue)) }
    for number in 1...9 { remove(path(ofDecoded: number, in: folder)) }
    _ = folder.withPlatformString { rmdir($0) }
  }
}
