internal import SystemPackage
package import MediaPreflight

/// How one file is judged. Files of the same settings share theirs.
package final class FileSettings: Sendable {
  package let engine: Preflight
  /// The endpoint; nil for the one that the bytes call for.
  package let endpoint: Endpoint?

  init(engine: Preflight, endpoint: Endpoint?) {
    self.engine = engine
    self.endpoint = endpoint
  }
}

/// The configurations that hold in a folder, the nearest last. Folders in which the same hold share one.
///
/// A rule is known by its index among the rules of all of the configurations, in their order.
final class SettingsChain {
  let configurations: [Configuration]
  /// The settings that were already put together, by the rules that match.
  var known: [Set<Int>: FileSettings] = [:]
  /// The names of the policies that files may be held against.
  let policyNames: Set<String>

  init(_ configurations: [Configuration]) {
    self.configurations = configurations
    // Of what configurations say of all files, the nearest takes precedence.
    let own = configurations.last { $0.settings.policy != nil }?.settings.policy?.value.policy.name
    let byGlobs = configurations.flatMap { $0.rules.compactMap(\.settings.policy?.value.policy.name) }
    policyNames = Set(byGlobs).union([own ?? Policy.builtInNames[0]])
  }

  /// What is said of a file that some rules match: nearer configurations over farther ones, and within one
  /// its globs over what it says of all files, the later over the earlier.
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

  /// The rules that match a path itself.
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
