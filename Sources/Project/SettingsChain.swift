internal import SystemPackage
package import MediaPreflight

/// The settings of a file, in the form that checks use. Files with the same settings share one instance.
package final class FileSettings: Sendable {
  package let engine: Preflight
  /// That engine, and those of the other policies that the file is checked against.
  package let engines: [Preflight]
  /// How another process makes the same engine.
  package let recipe: EngineRecipe
  /// The endpoint; nil for automatic.
  package let endpoint: Endpoint?

  init(engine: Preflight, others: [Preflight], recipe: EngineRecipe, endpoint: Endpoint?) {
    self.engine = engine
    engines = [engine] + others
    self.recipe = recipe
    self.endpoint = endpoint
  }
}

/// The configurations that apply to a folder, the nearest last. Folders with the same configurations share one instance.
///
/// A rule is identified by its index among the rules of all configurations, in order.
final class SettingsChain {
  let configurations: [Configuration]
  /// A cache of settings by the rules that match.
  private var known: [Set<Int>: FileSettings] = [:]
  /// The names of the policies that files may be checked against.
  let policyNames: Set<String>

  /// The text of the rules' globs with wildcards (see `Limits.Project.wildcardByteCount`).
  var wildcardByteCount: Int { configurations.reduce(0) { $0 + $1.ruleIndex.wildcardByteCount } }

  init(_ configurations: [Configuration]) {
    self.configurations = configurations
    // The nearest configuration with a policy for all files takes precedence.
    let own = configurations.last { $0.settings.policy != nil }?.settings.policy?.value.policy.name
    let byGlobs = configurations.flatMap { $0.rules.compactMap(\.settings.policy?.value.policy.name) }
    policyNames = Set(byGlobs).union([own ?? Policy.builtInNames[0]])
  }

  /// The cached settings of a file, given the rules that match it, or new ones.
  func settings(matching matched: Set<Int>, make: () -> FileSettings) -> FileSettings {
    if let known = known[matched] { return known }
    let made = make()
    if known.count >= Limits.Project.keptSettings { known.removeAll() }
    known[matched] = made
    return made
  }

  /// The settings of a file, given the rules that match it. Nearer configurations override farther ones. Within a
  /// configuration, globs override its general settings, and later globs override earlier ones.
  func settings(matching matched: Set<Int>) -> Settings {
    var settings = Settings()
    var rest = matched.sorted()[...]
    var start = 0
    for configuration in configurations {
      settings.apply(configuration.settings)
      let end = start + configuration.rules.count
      while let index = rest.first, index < end {
        settings.apply(configuration.rules[index - start].settings)
        rest = rest.dropFirst()
      }
      start = end
    }
    return settings
  }

  /// The rules that match a path itself, regardless of the folders above it.
  func rules(matching path: FilePath, isFolder: Bool) -> Set<Int> {
    let path = GlobPath(path, isFolder: isFolder)
    var matched: Set<Int> = []
    var start = 0
    for configuration in configurations {
      for index in configuration.rules(matching: path) { matched.insert(start + index) }
      start += configuration.rules.count
    }
    return matched
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
