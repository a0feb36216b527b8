#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Absolute paths as bytes, without a final slash; the file system's root is the empty path.
package enum AbsolutePath {
  private static let slash = UInt8(ascii: "/")

  /// A path without `.`, without doubled slashes, and without `..`.
  ///
  /// - Parameter base: The absolute path that a relative one goes on from.
  package static func normalized(_ path: [UInt8], from base: [UInt8]) -> [UInt8] {
    var result = path.first == slash ? [] : base
    for part in path.split(separator: slash) {
      switch part {
      case [UInt8(ascii: ".")]: continue
      case [UInt8(ascii: "."), UInt8(ascii: ".")]:
        // Behind a link, `..` is not the folder in which the link stands: the system says where it leads.
        if let real = real(result) { result = real }
        result = Array(parent(of: result) ?? [])
      default:
        result.append(slash)
        result += part
      }
    }
    return result
  }

  /// The folder that a path is in; nil for the root.
  package static func parent(of path: [UInt8]) -> ArraySlice<UInt8>? {
    path.lastIndex(of: slash).map { path[..<$0] }
  }

  /// Whether a path is a folder's own or below it.
  package static func contains(_ folder: [UInt8], _ path: [UInt8]) -> Bool {
    path.starts(with: folder) && (path.count == folder.count || path[folder.count] == slash)
  }

  /// A path for people: relative where it is below `base`.
  package static func display(_ path: [UInt8], from base: [UInt8]) -> [UInt8] {
    if path == base { return [UInt8(ascii: ".")] }
    if contains(base, path) { return Array(path[(base.count + 1)...]) }
    return path.isEmpty ? [slash] : path
  }

  /// A path without links; nil where there is nothing.
  private static func real(_ path: [UInt8]) -> [UInt8]? {
    guard !path.isEmpty, let real = realpath(path.map { CChar(bitPattern: $0) } + [0], nil) else {
      return nil
    }
    // The string is NUL-terminated and ours to free.
    defer { free(real) }
    let bytes = UnsafeBufferPointer(start: real, count: strlen(real)).map { UInt8(bitPattern: $0) }
    return bytes == [slash] ? [] : bytes
  }
}
