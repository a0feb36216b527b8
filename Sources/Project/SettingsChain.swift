internal import SystemPackage
package import MediaPreflight

/// The settings of a file, in the form that checks use. Files with the same settings share one instance.
package final class FileSettings: Sendable {
  package let engine: Preflight
  /// The endpoint; nil for automatic.
  package let endpoint: Endpoint?

  init(engine: Preflight, endpoint: Endpoint?) {
    self.engine = engine
    self.endpoint = endpoint
  }
}

/// The configurations that apply to a folder, the nearest last. Folders with the same configurations share one instance.
///
/// A rule is identified by its index among the rules of all configurations, in order.
final class SettingsChain {
  let configurations: [Configuration]
  /// A cache of settings by the rules that match.
  var known: [Set<Int>: FileSettings] = [:]
  /// The names of the policies that files may be checked against.
  let policyNames: Set<String>

  init(_ configurations: [Configuration]) {
    self.configurations = configurations
    // The nearest configuration with a policy for all files takes precedence.
    let own = configurations.last { $0.settings.policy != nil }?.settings.policy?.value.policy.name
    let byGlobs = configurations.flatMap { $0.rules.compactMap(\.settings.policy?.value.policy.name) }
    policyNames = Set(byGlobs).union([own ?? Policy.builtInNames[0]])
  }

  /// The settings of a file, given the rules that match it. Nearer configurations override farther ones. Within a
  /// configuration, globs override its general settings, and later globs override earlier ones.
  func settings(matching matched: Set<Int>) -> Settings {
    var settings = Settings()
    var index = 0
    for configuration in configurations {
      settings.apply(configuration.settings)
      for rule in configuration.rules {
        if matched.contains(index) { settings.apply(rule.settings) }
        index += 1
      }
    }
    return settings
  }

  /// The rules that match a path itself, regardless of the folders above it.
  func rules(matching path: FilePath, isFolder: Bool) -> Set<Int> {
    let path = GlobPath(path, isFolder: isFolder)
    let matches = configurations.flatMap { configuration in
      configuration.rules.map { $0.pattern.matches(path, from: configuration.folder) }
    }
    return Set(matches.indices.filter { matches[$0] })
  }

  /// The rules that match a file or a folder above it.
  func rules(matchingFileAt path: FilePath) -> Set<Int> {
    var matched = rules(matching: path, isFolder: false)
    var folder = FilePath(root: path.root, [])
    for component in path.components.dropLast() {
      folder.append(component)
      matched.formUnion(rules(matching: folder, isFolder: true))
    }
    return matched
  }
}
