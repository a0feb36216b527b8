internal import SystemPackage
import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The ignore lists of Git besides those of the folders: the user's own and the repository's.
struct GitIgnores {
  /// Where the user's own list is: `$XDG_CONFIG_HOME/git/ignore`, or else `~/.config/git/ignore`.
  /// Git's own setting `core.excludesFile` is not read.
  static var userList: [UInt8]? {
    func variable(_ name: String) -> [UInt8]? {
      // The environment isn't written to by this program.
      guard let text = getenv(name), text.pointee != 0 else { return nil }
      return UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    }
    if let base = variable("XDG_CONFIG_HOME") { return base + Array("/git/ignore".utf8) }
    return variable("HOME").map { $0 + Array("/.config/git/ignore".utf8) }
  }

  /// The lists that hold for a whole repository, the one with the last say last.
  ///
  /// - Parameters:
  ///   - root: The absolute path of the folder that has `.git`.
  ///   - userList: The path of the user's own list.
  static func lists(ofRepositoryAt root: [UInt8], userList: [UInt8]?) -> [IgnoreList] {
    let own = commonFolder(ofRepositoryAt: root) + Array("/info/exclude".utf8)
    return [userList, own].compactMap { path in
      path.flatMap { list(at: $0, for: root) }
    }
  }

  /// One list; nil where there is none, or where it can't be read, which is Git's affair.
  static func list(at path: [UInt8], for folder: [UInt8], shownAs name: String? = nil) -> IgnoreList? {
    guard let text = try? SmallFile.contents(of: path) else { return nil }
    let list = IgnoreList(parsing: text, source: name ?? FilePath(path).display, folder: folder)
    return list.patterns.isEmpty ? nil : list
  }

  /// The repository's own folder: `.git`, or where a file of that name points, in a worktree or a submodule
  /// (gitrepository-layout(5)).
  private static func commonFolder(ofRepositoryAt root: [UInt8]) -> [UInt8] {
    let git = root + Array("/.git".utf8)
    let mark = Array("gitdir: ".utf8)
    guard let text = try? SmallFile.contents(of: git), text.starts(with: mark) else { return git }
    let folder = AbsolutePath.normalized(firstLine(text.dropFirst(mark.count)), from: root)
    // No path has a NUL, so this is no file of Git's.
    if folder.contains(0) { return git }
    guard let common = try? SmallFile.contents(of: folder + Array("/commondir".utf8)), !common.contains(0)
    else { return folder }
    return AbsolutePath.normalized(firstLine(common[...]), from: folder)
  }

  private static func firstLine(_ text: ArraySlice<UInt8>) -> [UInt8] {
    Array(text.prefix { $0 != 0x0a && $0 != 0x0d })
  }
}
