import MediaPreflight

/// What one `preflight.toml` says of the files in its folder and below.
package struct Configuration: Sendable {
  /// The file's name for people.
  package let name: String
  /// The folder that its globs are relative to.
  let folder: GlobPath
  /// Whether files further up count for nothing.
  package let isRoot: Bool
  /// What holds for every file.
  package let settings: Settings
  /// What holds for the files of a glob, the later over the earlier.
  package let rules: [Rule]
  /// Which files are left out.
  package let ignore: IgnoreList

  /// The settings of the files that a glob matches, or of those in a folder that it matches.
  package struct Rule: Sendable {
    let pattern: IgnorePattern
    package let settings: Settings
  }
}

/// Configurations that can't be used.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  /// Each mistake on a line, as `FILE:LINE:COLUMN: message` where it has a place.
  package private(set) var lines: [String] = []

  package init(_ lines: [String] = []) { self.lines = lines }

  package mutating func add(_ more: [String]) {
    for line in more where !lines.contains(line) { lines.append(line) }
  }

  package var description: String { lines.joined(separator: "\n") }
}
