package import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where a path leads. The root of the file system is `/`, never the empty path.
extension FilePath {
  /// The absolute path without `.` and `..`, by its text alone: no link is followed.
  ///
  /// - Parameter base: The absolute path that a relative one goes on from.
  package func absolute(from base: FilePath) -> FilePath { base.pushing(self).lexicallyNormalized() }

  /// The absolute path without `.` and `..`, as the system follows it: behind a link, `..` is the folder
  /// that holds what the link leads to.
  ///
  /// - Parameter base: The absolute path that a relative one goes on from.
  package func resolved(from base: FilePath) -> FilePath {
    let whole = base.pushing(self)
    // By the bytes: to make a component of each name takes long in a debug build, and most paths have no dots.
    let names = whole.bytes.split(separator: UInt8(ascii: "/"))
    if !names.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) { return whole }
    var result = FilePath(root: whole.root, [])
    for component in whole.components {
      switch component.kind {
      case .currentDirectory: continue
      case .parentDirectory: result = (result.withoutLinks ?? result).removingLastComponent()
      case .regular: result.append(component)
      }
    }
    return result
  }

  /// The folder that an absolute path is in; nil for the root.
  package var parentFolder: FilePath? {
    let bytes = bytes
    guard bytes.count > 1, let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return FilePath(bytes[..<max(slash, 1)])
  }

  /// The path from a folder to this one, with `..` where this one isn't below it.
  ///
  /// - Parameter folder: Absolute or relative as this one is, both without `..`; `.` is the folder that relative
  ///   paths start from.
  package func relative(to folder: FilePath) -> FilePath {
    let above = folder.components.filter { $0.kind != .currentDirectory }
    let components = components.filter { $0.kind != .currentDirectory }
    let common = zip(components, above).prefix { $0 == $1 }.count
    let up = [Component](repeating: "..", count: above.count - common)
    return FilePath(root: nil, up + components.dropFirst(common))
  }

  /// The path for people: relative where it is the working folder or below it.
  package func display(from workingFolder: FilePath) -> String {
    var path = self
    guard path.removePrefix(workingFolder) else { return display }
    return path.isEmpty ? "." : path.display
  }

  /// Whether it is longer than any path that the system opens.
  package var isTooLong: Bool { length >= Int(PATH_MAX) }

  /// The path that the system finds without a link in it; nil where nothing is there.
  package var withoutLinks: FilePath? {
    guard let path = withPlatformString({ realpath($0, nil) }) else { return nil }
    // It ends with a NUL, and is ours to free.
    defer { free(path) }
    return FilePath(platformString: path)
  }
}
