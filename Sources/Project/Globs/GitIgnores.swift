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
enum GitIgnores {
  /// Where the user's own list is: `$XDG_CONFIG_HOME/git/ignore`, or else `~/.config/git/ignore`.
  /// Git's own setting `core.excludesFile` is not read.
  static var userList: FilePath? {
    func variable(_ name: String) -> FilePath? {
      // The environment isn't written to by this program.
      guard let text = getenv(name), text.pointee != 0 else { return nil }
      return FilePath(platformString: text)
    }
    return variable("XDG_CONFIG_HOME")?.appending("git/ignore")
      ?? variable("HOME")?.appending(".config/git/ignore")
  }

  /// The lists that hold for a whole repository, the one that takes precedence last.
  ///
  /// - Parameters:
  ///   - root: The absolute path of the folder that has `.git`.
  ///   - userList: The path of the user's own list.
  static func lists(ofRepositoryAt root: FilePath, userList: FilePath?) -> [IgnoreList] {
    let own = commonFolder(ofRepositoryAt: root).appending("info/exclude")
    return [userList, own].compactMap { $0 }.compactMap { list(at: $0, for: root) }
  }

  /// One list; nil where there is none, or where it can't be read, which is Git's affair.
  static func list(at path: FilePath, for folder: FilePath, shownAs name: String? = nil) -> IgnoreList? {
    guard let text = try? SmallFile.contents(of: path) else { return nil }
    let list = IgnoreList(parsing: text, source: name ?? path.display, folder: folder)
    return list.patterns.isEmpty ? nil : list
  }

  /// The repository's own folder: `.git`, or where a file of that name points, in a worktree or a submodule
  /// (gitrepository-layout(5)).
  private static func commonFolder(ofRepositoryAt root: FilePath) -> FilePath {
    let git = root.appending(".git")
    let mark = Array("gitdir: ".utf8)
    guard let text = try? SmallFile.contents(of: git), text.starts(with: mark) else { return git }
    guard let folder = firstLine(text.dropFirst(mark.count))?.resolved(from: root) else { return git }
    guard let text = try? SmallFile.contents(of: folder.appending("commondir")),
      let common = firstLine(text[...])
    else { return folder }
    return common.resolved(from: folder)
  }

  /// The path on the first line; nil where it has a NUL, as no path of Git's has.
  private static func firstLine(_ text: ArraySlice<UInt8>) -> FilePath? {
    let line = text.prefix { $0 != 0x0a && $0 != 0x0d }
    return line.contains(0) ? nil : FilePath(line)
  }
}
