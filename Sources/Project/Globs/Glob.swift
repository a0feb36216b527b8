/// A pattern of gitignore(5) that matches bytes: `*` and `?` within a name, `[a-z]`, `**` across folders, and backslash
/// escapes.
///
/// Matching backtracks only to the last `*` of a name and the last `**` of a path. It takes O(m·n) time for any pattern
/// and path.
package struct Glob: Sendable {
  /// An invalid pattern, which can't match anything.
  package struct Broken: Error {
    package let reason: String
  }

  /// The literal text before the first special character. As in Git, the rest is matched separately: in `a**/b`, `**` is
  /// at the start of the rest.
  private let prefix: ArraySlice<UInt8>

  private let parts: [Part]

  private enum Part {
    /// `**`: any number of folders.
    case folders
    /// Any single name.
    case anyName
    case name([GlobToken])
  }

  /// - Throws: ``Broken`` if the pattern can't match anything.
  package init(_ pattern: ArraySlice<UInt8>) throws(Broken) {
    let start = pattern.firstIndex { "*?[\\".utf8.contains($0) } ?? pattern.endIndex
    prefix = pattern[..<start]
    var parts: [Part] = []
    var rest = pattern[start...]
    while !rest.isEmpty {
      var tokens: [GlobToken] = []
      while let token = try GlobToken(&rest) { tokens.append(token) }
      let isOver = rest.isEmpty
      rest = rest.dropFirst()
      if tokens.count > 1, tokens.allSatisfy(\.isStar) {
        parts.append(.folders)
        // At the end, `**` matches what is in a folder, but not the folder itself.
        if isOver { parts.append(.anyName) }
      } else {
        parts.append(.name(tokens))
      }
      // A trailing slash adds an empty name, which nothing matches.
      if !isOver, rest.isEmpty { parts.append(.name([])) }
    }
    self.parts = parts
  }

  /// The only path that the pattern matches; nil if it has wildcards or escapes.
  var literal: ArraySlice<UInt8>? { parts.isEmpty ? prefix : nil }

  /// Whether the pattern matches a path, which has no leading or trailing slash.
  package func matches(_ path: ArraySlice<UInt8>) -> Bool {
    guard path.starts(with: prefix) else { return false }
    if parts.isEmpty { return path.count == prefix.count }
    var part = 0
    // The start of the next name; past the end if there is none.
    var position = path.startIndex + prefix.count
    var retry: (part: Int, position: Int)?
    while position <= path.endIndex {
      if part < parts.count {
        if case .folders = parts[part] {
          part += 1
          retry = (part, position)
          continue
        }
        let end = Self.endOfName(in: path, from: position)
        if Self.matches(parts[part], path[position..<end]) {
          part += 1
          position = end + 1
          continue
        }
      }
      guard let last = retry else { return false }
      position = Self.endOfName(in: path, from: last.position) + 1
      part = last.part
      retry = (part, position)
    }
    return part == parts.count
  }

  private static func endOfName(in path: ArraySlice<UInt8>, from start: Int) -> Int {
    path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
  }

  private static func matches(_ part: Part, _ name: ArraySlice<UInt8>) -> Bool {
    switch part {
    case .folders, .anyName: true
    case .name(let tokens): matches(tokens, name)
    }
  }

  private static func matches(_ tokens: [GlobToken], _ name: ArraySlice<UInt8>) -> Bool {
    var token = 0
    var index = name.startIndex
    var retry: (token: Int, index: Int)?
    while index < name.endIndex {
      if token < tokens.count {
        if tokens[token].isStar {
          token += 1
          retry = (token, index)
          continue
        }
        if tokens[token].matches(name[index]) {
          token += 1
          index += 1
          continue
        }
      }
      guard let last = retry else { return false }
      retry = (last.token, last.index + 1)
      (token, index) = (last.token, last.index + 1)
    }
    return tokens[token...].allSatisfy(\.isStar)
  }
}
