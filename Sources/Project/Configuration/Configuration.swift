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
  package let rules: [Rule]
  /// The ignored files.
  package let ignore: IgnoreList

  /// The settings of files that a glob matches, or that are in a folder that it matches.
  package struct Rule: Sendable {
    let pattern: IgnorePattern
    package let settings: Settings
  }
}

/// Errors in configurations.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  /// One line per error, as `FILE:LINE:COLUMN: message` if its position is known.
  package private(set) var lines: [String] = []

  package init(_ lines: [String] = []) { self.lines = lines }

  package mutating func add(_ more: [String]) {
    for line in more where !lines.contains(line) { lines.append(line) }
  }

  package var description: String { lines.joined(separator: "\n") }
}
