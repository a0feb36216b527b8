import MediaPreflight

/// The settings that one `preflight.toml` has for the files in its folder and below.
package struct Configuration: Sendable {
  /// The file's name in messages.
  package let name: String
  /// The folder that its globs are relative to.
  let folder: GlobPath
  /// Whether configurations in folders above are ignored.
  package let isRoot: Bool
  /// The settings of all files.
  package let settings: Settings
  /// The settings of globs. Later rules override earlier ones.
  let rules: [Rule]
  let ruleIndex: GlobIndex
  /// The ignored files.
  let ignore: IgnoreList

  /// The settings of files that a glob matches, or that are in a folder that it matches.
  struct Rule: Sendable {
    let pattern: IgnorePattern
    let settings: Settings
  }

  /// The indices of the rules that match a path itself, regardless of the folders above it.
  func rules(matching path: GlobPath) -> [Int] {
    guard !rules.isEmpty, let path = path.seen(from: folder) else { return [] }
    return ruleIndex.literals(matching: path) + ruleIndex.wildcards.filter { rules[$0].pattern.matches(path) }
  }
}

/// Errors in configurations.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  /// One line per error, as `FILE:LINE:COLUMN: message` if its position is known.
  package private(set) var lines: [String] = []

  private var known: Set<String> = []

  package init(_ lines: [String] = []) { add(lines) }

  /// Adds lines that aren't there yet.
  package mutating func add(_ more: [String]) {
    for line in more where known.insert(line).inserted { lines.append(line) }
  }

  package var description: String { lines.joined(separator: "\n") }
}
