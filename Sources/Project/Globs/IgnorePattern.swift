package import SystemPackage
import MediaPreflight

/// A pattern of an ignore list. A leading `!` and slashes have their meaning in gitignore(5).
package struct IgnorePattern: Sendable {
  /// Whether the pattern includes files again that an earlier pattern ignores.
  package let isNegated: Bool
  /// The pattern as it was written.
  package let text: ArraySlice<UInt8>
  /// The line number, from 1.
  package let line: Int

  private let isFolderOnly: Bool
  /// Whether the pattern has no slash, so that it matches names at any depth.
  private let isNameOnly: Bool
  private let glob: Glob

  /// - Throws: `Glob.Broken` if the pattern can't match anything.
  package init(_ text: ArraySlice<UInt8>, line: Int) throws(Glob.Broken) {
    self.text = text
    self.line = line
    var rest = text
    isNegated = rest.first == UInt8(ascii: "!")
    if isNegated { rest = rest.dropFirst() }
    isFolderOnly = rest.last == UInt8(ascii: "/")
    if isFolderOnly { rest = rest.dropLast() }
    isNameOnly = !rest.contains(UInt8(ascii: "/"))
    if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
    if rest.isEmpty { throw Glob.Broken(reason: "it is empty") }
    glob = try Glob(rest)
  }

  /// A pattern with a slash matches only paths in the folder that it is relative to.
  func matches(_ path: SeenPath) -> Bool {
    if isFolderOnly && !path.isFolder { return false }
    if isNameOnly { return glob.matches(path.name) }
    return path.relative.map(glob.matches) ?? false
  }

  /// The name or the path that a pattern without wildcards matches.
  struct Literal: Hashable {
    let text: ArraySlice<UInt8>
    let isNameOnly: Bool
    let isFolderOnly: Bool
  }

  /// Nil if the pattern has wildcards or escapes.
  var literal: Literal? {
    glob.literal.map { Literal(text: $0, isNameOnly: isNameOnly, isFolderOnly: isFolderOnly) }
  }
}

/// The patterns of one source. The last pattern that matches decides.
package struct IgnoreList: Sendable {
  /// The source of the patterns, for messages.
  package let source: String
  /// The folder that the patterns are relative to.
  private let folder: GlobPath
  package let patterns: [IgnorePattern]
  private let index: GlobIndex

  /// The text of the patterns with wildcards (see `Limits.Project.wildcardByteCount`).
  var wildcardByteCount: Int { index.wildcardByteCount }

  /// - Parameter folder: The absolute path of the folder that the patterns are relative to.
  package init(source: String, folder: FilePath, patterns: [IgnorePattern]) {
    self.source = source
    self.folder = GlobPath(folder, isFolder: true)
    self.patterns = patterns
    index = GlobIndex(patterns)
  }

  /// Parses a file such as `.gitignore`. Invalid patterns are skipped, as in Git.
  ///
  /// - Parameter limit: The number of patterns to stop at.
  package init(parsing text: [UInt8], source: String, folder: FilePath, limit: Int = .max) {
    var patterns: [IgnorePattern] = []
    var rest = text[...]
    if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
    var number = 0
    while !rest.isEmpty, patterns.count < limit {
      let whole = rest.prefix { $0 != 0x0a }
      rest = rest[whole.endIndex...].dropFirst()
      number += 1
      if whole.first == UInt8(ascii: "#") { continue }
      let line = Self.withoutFinalSpaces(whole.last == 0x0d ? whole.dropLast() : whole)
      if !line.isEmpty, let pattern = try? IgnorePattern(line, line: number) { patterns.append(pattern) }
    }
    self.init(source: source, folder: folder, patterns: patterns)
  }

  /// Removes trailing spaces, except those after a backslash.
  private static func withoutFinalSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = line.startIndex
    var index = line.startIndex
    while index < line.endIndex {
      let isEscape = line[index] == UInt8(ascii: "\\")
      if line[index] != UInt8(ascii: " ") { end = min(index + (isEscape ? 2 : 1), line.endIndex) }
      index += isEscape ? 2 : 1
    }
    return line[..<end]
  }

  /// The last pattern that matches.
  package func lastMatch(_ path: GlobPath) -> IgnorePattern? {
    guard let path = path.seen(from: folder) else { return nil }
    let literal = index.literals(matching: path).max()
    let wildcard = index.wildcards.last { $0 > literal ?? -1 && patterns[$0].matches(path) }
    return (wildcard ?? literal).map { patterns[$0] }
  }
}
