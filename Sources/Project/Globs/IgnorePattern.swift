/// One pattern of an ignore list, with the meaning that gitignore(5) gives to `!` before it and to slashes.
package struct IgnorePattern: Sendable {
  /// Whether it takes back what a pattern before it left out.
  package let isNegated: Bool
  /// The pattern as it was written.
  package let text: [UInt8]
  /// The line on which it stands, from 1.
  package let line: Int

  private let isFolderOnly: Bool
  /// Whether it has no slash and so is about a name, however deep.
  private let isNameOnly: Bool
  private let glob: Glob

  /// - Throws: `Glob.Broken` for a pattern that can match nothing.
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

  /// - Parameters:
  ///   - path: An absolute path.
  ///   - nameStart: Where its last name begins.
  ///   - folder: The folder that the pattern is relative to. Of what is neither below nor above it only the
  ///     name counts.
  func matches(_ path: [UInt8], nameStart: Int, isFolder: Bool, from folder: [UInt8]) -> Bool {
    if isFolderOnly, !isFolder { return false }
    if path.count > folder.count, path[folder.count] == UInt8(ascii: "/"), path.starts(with: folder) {
      return glob.matches(isNameOnly ? path[nameStart...] : path[(folder.count + 1)...])
    }
    guard isNameOnly, !AbsolutePath.contains(path, folder) else { return false }
    return glob.matches(path[nameStart...])
  }
}

/// Patterns that stand in one place, of which the last that matches has the say.
package struct IgnoreList: Sendable {
  /// Where the patterns come from, for people.
  package let source: String
  /// The absolute path of the folder that they are relative to, without a final slash.
  let folder: [UInt8]
  package let patterns: [IgnorePattern]

  package init(source: String, folder: [UInt8], patterns: [IgnorePattern]) {
    self.source = source
    self.folder = folder
    self.patterns = patterns
  }

  /// Reads a file such as `.gitignore`. Patterns that can match nothing are passed over, as Git does.
  package init(parsing text: [UInt8], source: String, folder: [UInt8]) {
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

  /// Spaces at the end count only behind a backslash.
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
  ///
  /// - Parameters:
  ///   - path: An absolute path.
  ///   - nameStart: Where its last name begins.
  package func lastMatch(_ path: [UInt8], nameStart: Int, isFolder: Bool) -> IgnorePattern? {
    patterns.last { $0.matches(path, nameStart: nameStart, isFolder: isFolder, from: folder) }
  }
}
