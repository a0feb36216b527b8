internal import SystemPackage
import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Git's ignore lists that are not in a working tree: the user's and the repository's.
enum GitIgnores {
  /// The path of the user's list: `$XDG_CONFIG_HOME/git/ignore`, or else `~/.config/git/ignore`. Git's setting
  /// `core.excludesFile` is not supported.
  static var userList: FilePath? {
    func variable(_ name: String) -> FilePath? {
      // getenv is safe: this program never changes the environment.
      guard let text = getenv(name), text.pointee != 0 else { return nil }
      return FilePath(platformString: text)
    }
    return variable("XDG_CONFIG_HOME")?.appending("git/ignore")
      ?? variable("HOME")?.appending(".config/git/ignore")
  }

  /// The lists that apply to a whole repository, in order of increasing precedence.
  ///
  /// - Parameters:
  ///   - root: The absolute path of the folder that has `.git`.
  ///   - userList: The path of the user's list.
  /// - Throws: ``ConfigurationError`` if a list is too long.
  static func lists(
    ofRepositoryAt root: FilePath, userList: FilePath?, _ files: SmallFiles
  ) throws(ConfigurationError) -> [IgnoreList] {
    var lists: [IgnoreList] = []
    for path in [userList, commonFolder(ofRepositoryAt: root, files).appending("info/exclude")] {
      if let path, let list = try list(at: path, for: root, files) { lists.append(list) }
    }
    return lists
  }

  /// The list at a path; nil if it doesn't exist, is empty or can't be read, as in Git.
  ///
  /// - Throws: ``ConfigurationError`` if it is too long: files that it ignores would be checked.
  static func list(
    at path: FilePath, for folder: FilePath, shownAs name: String? = nil, _ files: SmallFiles
  ) throws(ConfigurationError) -> IgnoreList? {
    let name = name ?? path.display
    do {
      let text = try files.contents(of: path)
      let list = IgnoreList(parsing: text, source: name, folder: folder, limit: Limits.Project.globs + 1)
      try files.count(globs: list.patterns.count)
      return list.patterns.isEmpty ? nil : list
    } catch let error as SmallFiles.TooMuch {
      throw ConfigurationError(["\(name): \(error); --no-ignore checks without ignore lists"])
    } catch { return nil }
  }

  /// The repository's Git directory: `.git`, or the target of a `.git` file in a worktree or a submodule
  /// (gitrepository-layout(5)).
  private static func commonFolder(ofRepositoryAt root: FilePath, _ files: SmallFiles) -> FilePath {
    let git = root.appending(".git")
    let prefix = Array("gitdir: ".utf8)
    guard let text = try? files.contents(of: git), text.starts(with: prefix) else { return git }
    guard let folder = firstLine(text.dropFirst(prefix.count))?.resolved(from: root) else { return git }
    guard let text = try? files.contents(of: folder.appending("commondir")),
      let common = firstLine(text[...])
    else { return folder }
    return common.resolved(from: folder)
  }

  /// The path on the first line; nil if it contains a NUL byte, which is invalid.
  private static func firstLine(_ text: ArraySlice<UInt8>) -> FilePath? {
    let line = text.prefix { $0 != 0x0a && $0 != 0x0d }
    return line.contains(0) ? nil : FilePath(line)
  }
}
