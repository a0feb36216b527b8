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

/// The configurations that hold in a folder, the nearest last, with the settings that come of them. Folders
/// in which the same hold share one.
final class SettingsChain {
  let configurations: [Configuration]
  /// The rules of all of the configurations in their order.
  let rules: [Configuration.Rule]
  /// The settings that were already put together, by the rules that match, and those where none does.
  private var known: [RuleSet: FileSettings] = [:]
  // Apart, since the first look into the table costs a start a twentieth of its time, and most runs have no rules.
  private var knownWithoutRules: FileSettings?

  init(_ configurations: [Configuration]) {
    self.configurations = configurations
    rules = configurations.flatMap(\.rules)
  }

  /// The settings for the rules that match, which `make` puts together the first time.
  func settings(matching matched: RuleSet, _ make: () -> FileSettings) -> FileSettings {
    if matched.isEmpty {
      let settings = knownWithoutRules ?? make()
      knownWithoutRules = settings
      return settings
    }
    if let known = known[matched] { return known }
    let made = make()
    known[matched] = made
    return made
  }

  /// What is said of a file that some rules match: nearer configurations over farther ones, and within one
  /// its globs over what it says of all files, the later over the earlier.
  func settings(matching matched: RuleSet) -> Settings {
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

  /// Adds the rules that match a path itself.
  func match(_ path: [UInt8], nameStart: Int, isFolder: Bool, into matched: inout RuleSet) {
    for (index, rule) in rules.enumerated()
    where rule.matches(path, nameStart: nameStart, isFolder: isFolder) {
      matched.insert(index)
    }
  }

  /// The rules that match a file or a folder above it.
  func rules(matching path: [UInt8]) -> RuleSet {
    var matched = RuleSet()
    guard !rules.isEmpty else { return matched }
    var start = 1
    while let end = path.dropFirst(start).firstIndex(of: UInt8(ascii: "/")) {
      match(Array(path[..<end]), nameStart: start, isFolder: true, into: &matched)
      start = end + 1
    }
    match(path, nameStart: min(start, path.count), isFolder: false, into: &matched)
    return matched
  }
}

/// A set of small numbers.
struct RuleSet: Hashable {
  private var words: [UInt64] = []

  var isEmpty: Bool { words.isEmpty }

  mutating func insert(_ index: Int) {
    while words.count <= index / 64 { words.append(0) }
    words[index / 64] |= 1 << UInt64(index % 64)
  }

  func contains(_ index: Int) -> Bool {
    index / 64 < words.count && words[index / 64] >> UInt64(index % 64) & 1 == 1
  }
}
