internal import SystemPackage

/// A folder with the settings of the files in it. It is created once per folder, so that a file needs no file system
/// access.
package struct ProjectFolder {
  /// The absolute path.
  let path: FilePath
  let chain: SettingsChain
  /// The rules that match the folder or a folder above it. They apply to everything in it.
  let matched: Set<Int>
  /// Git's ignore lists, the nearest last; nil outside a repository.
  let gitIgnores: [IgnoreList]?
  /// All ignore lists for the folder's entries, in order of increasing precedence: Git, configurations, the command line.
  /// Within Git and configurations the nearest is last.
  let ignoreLists: [IgnoreList]
  /// Whether the folder or a folder above it is ignored. Always false unless exclusion is forced.
  let isExcluded: Bool
}
