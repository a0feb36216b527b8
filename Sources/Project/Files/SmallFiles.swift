internal import SystemPackage
import MediaPreflight

/// Reads the small files of a run into memory: configurations, policies, ignore lists. Their size is limited, of each and
/// of all together, and so is the number of their globs.
final class SmallFiles {
  private var bytesLeft = UInt64(Limits.Project.allByteCount)
  private var globsLeft = Limits.Project.globs

  /// A limit that was reached.
  struct TooMuch: Error, CustomStringConvertible {
    let description: String
  }

  /// The full content of a regular file.
  ///
  /// - Throws: ``TooMuch``, or ``PreflightBytes/ByteSourceError`` if it can't be read.
  func contents(of path: FilePath) throws -> [UInt8] {
    let source = try FileSource(path: path)
    let limit = Limits.Project.byteCount
    guard source.byteCount <= UInt64(limit) else {
      throw TooMuch(description: "it is larger than \(Limits.size(limit))")
    }
    guard source.byteCount <= bytesLeft else {
      let all = Limits.size(Limits.Project.allByteCount)
      throw TooMuch(
        description: "with it, all configurations, policies and ignore lists are larger than \(all)")
    }
    bytesLeft -= source.byteCount
    return try source.contents(upTo: limit)
  }

  /// Counts globs.
  ///
  /// - Throws: ``TooMuch``.
  func count(globs: Int) throws(TooMuch) {
    guard globs <= globsLeft else {
      throw TooMuch(
        description:
          "with it, all configurations and ignore lists have more than \(Limits.Project.globs) globs")
    }
    globsLeft -= globs
  }
}
