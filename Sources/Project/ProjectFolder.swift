internal import SystemPackage

/// A folder with all that holds for the files in it. Made once for each folder, so that a file costs no
/// look at the file system.
package struct ProjectFolder {
  /// The absolute path.
  let path: FilePath
  let chain: SettingsChain
  /// The rules that match the folder or one above it, and so all that is in it.
  let matched: Set<Int>
  /// The ignore lists of Git, the nearest last; nil outside a repository.
  let gitIgnores: [IgnoreList]?
  /// What leaves out something in it: the command line takes precedence over the configurations, these over
  /// Git, and a nearer list over a farther one. The one that takes precedence is last.
  let ignoreLists: [IgnoreList]
  /// Whether it is left out, or in a folder that is; known only where named paths can be.
  let isExcluded: Bool
}
