package import SystemPackage
import MediaPreflight

/// An absolute path, prepared once to be matched by many globs.
package struct GlobPath: Sendable {
  let isFolder: Bool
  /// With a trailing slash, so that a folder's bytes are a prefix only of paths in it.
  private let bytes: [UInt8]
  private let nameStart: Int

  package init(_ path: FilePath, isFolder: Bool) {
    let whole = path.bytes
    nameStart = (whole.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
    bytes = whole.last == UInt8(ascii: "/") ? whole : whole + [UInt8(ascii: "/")]
    self.isFolder = isFolder
  }

  /// The path as the globs of a folder see it; nil for that folder and those above it, which they don't match.
  func seen(from folder: GlobPath) -> SeenPath? {
    if contains(folder) { return nil }
    let relative = folder.contains(self) ? bytes.dropFirst(folder.bytes.count).dropLast() : nil
    return SeenPath(name: bytes[nameStart...].dropLast(), relative: relative, isFolder: isFolder)
  }

  /// Whether another path is this path or below it.
  private func contains(_ other: GlobPath) -> Bool { other.bytes.starts(with: bytes) }
}

/// A path as the globs of a folder see it.
struct SeenPath {
  /// The last name.
  let name: ArraySlice<UInt8>
  /// The path relative to the folder; nil if it isn't in that folder.
  let relative: ArraySlice<UInt8>?
  let isFolder: Bool
}
