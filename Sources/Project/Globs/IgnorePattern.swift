package import SystemPackage
import MediaPreflight

/// A pattern of an ignore list. A leading `!` and slashes have their meaning in gitignore(5).
package struct IgnorePattern: Sendable {
  /// Whether the pattern includes files again that an earlier pattern ignores.
  package let isNegated: Bool
  /// The pattern as it was written.
  package let text: [UInt8]
  /// The line number, from 1.
  package let line: Int

  private let isFolderOnly: Bool
  /// Whether the pattern has no slash, so that it matches names at any depth.
  private let isNameOnly: Bool
  private let glob: Glob

  /// - Throws: `Glob.Broken` if the pattern can't match anything.
  package init(_ text: ArraySlice<UInt8>, line: Int) throws(Glob.Broken) {
    self.text = Array(text)
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

  /// - Parameter folder: The folder that the pattern is relative to. The pattern matches neither that folder nor folders
  ///   above it. Outside the folder, it matches only if it has no slash.
  func matches(_ path: GlobPath, from folder: GlobPath) -> Bool {
    if isFolderOnly && !path.isFolder || path.contains(folder) { return false }
    if isNameOnly { return glob.matches(path.name) }
    return path.relative(to: folder).map(glob.matches) ?? false
  }
}

/// The patterns of one source. The last pattern that matches decides.
package struct IgnoreList: Sendable {
  /// The source of the patterns, for messages.
  package let source: String
  /// The folder that the patterns are relative to.
  private let folder: GlobPath
  package let patterns: [IgnorePattern]

  /// - Parameter folder: The absolute path of the folder that the patterns are relative to.
  package init(source: String, folder: FilePath, patterns: [IgnorePattern]) {
    self.source = source
    self.folder = GlobPath(folder, isFolder: true)
    self.patterns = patterns
  }

  /// Parses a file such as `.gitignore`. Invalid patterns are skipped, as in Git.
  package init(parsing text: [UInt8], source: String, folder: FilePath) {
    var patterns: [IgnorePattern] = []
    var rest = text[...]
    if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
    let lines = rest.split(separator: 0x0a, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where line.first != UInt8(ascii: "#") {
      let line = Self.withoutFinalSpaces(line.last == 0x0d ? line.dropLast() : line)
      if !line.isEmpty, let pattern = try? IgnorePattern(line, line: index + 1) { patterns.append(pattern) }
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
    patterns.last { $0.matches(path, from: folder) }
  }
}
