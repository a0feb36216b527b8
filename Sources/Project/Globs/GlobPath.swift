package import SystemPackage
import MediaPreflight

/// An absolute path as globs see it, which match bytes: taken apart once, however many globs there are.
package struct GlobPath: Sendable {
  let isFolder: Bool
  /// With a slash at the end, so that only what is in a folder begins with the folder's bytes.
  private let bytes: [UInt8]
  private let nameStart: Int

  package init(_ path: FilePath, isFolder: Bool) {
    let whole = path.bytes
    nameStart = (whole.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
    bytes = whole.last == UInt8(ascii: "/") ? whole : whole + [UInt8(ascii: "/")]
    self.isFolder = isFolder
  }

  /// The last name.
  var name: ArraySlice<UInt8> { bytes[nameStart...].dropLast() }

  /// Whether another path is the same or below this one.
  func contains(_ other: GlobPath) -> Bool { other.bytes.starts(with: bytes) }

  /// The path from a folder; nil where it isn't below it.
  func relative(to folder: GlobPath) -> ArraySlice<UInt8>? {
    folder.contains(self) ? bytes.dropFirst(folder.bytes.count).dropLast() : nil
  }
}
