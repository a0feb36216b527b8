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

  /// The last name.
  var name: ArraySlice<UInt8> { bytes[nameStart...].dropLast() }

  /// Whether another path is this path or below it.
  func contains(_ other: GlobPath) -> Bool { other.bytes.starts(with: bytes) }

  /// The path relative to a folder; nil if it isn't in that folder.
  func relative(to folder: GlobPath) -> ArraySlice<UInt8>? {
    folder.contains(self) ? bytes.dropFirst(folder.bytes.count).dropLast() : nil
  }
}
