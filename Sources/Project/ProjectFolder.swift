/// A folder with all that holds for the files in it. Made once for each folder, so that a file costs no
/// look at the file system.
package final class ProjectFolder {
  /// The absolute path, without a final slash.
  let path: [UInt8]
  let chain: SettingsChain
  /// The rules that match the folder or one above it, and so all that is in it.
  let matched: RuleSet
  /// The ignore lists of Git, the nearest last; nil outside a repository.
  let gitIgnores: [IgnoreList]?
  /// Whether it is left out, or in a folder that is; known only where named paths can be.
  let isExcluded: Bool

  init(
    path: [UInt8], chain: SettingsChain, matched: RuleSet, gitIgnores: [IgnoreList]?, isExcluded: Bool
  ) {
    self.path = path
    self.chain = chain
    self.matched = matched
    self.gitIgnores = gitIgnores
    self.isExcluded = isExcluded
  }
}
