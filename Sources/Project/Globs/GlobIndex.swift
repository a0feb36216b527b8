import MediaPreflight

/// Finds the patterns of a list that may match a path. Patterns without wildcards are looked up, so that a list of any
/// number of files costs no more than a short one; the others have to be tried.
struct GlobIndex: Sendable {
  /// The indices of the patterns without wildcards.
  private var literals: [IgnorePattern.Literal: [Int]] = [:]
  /// The indices of the other patterns, in increasing order.
  private(set) var wildcards: [Int] = []
  /// The text of those (see `Limits.Project.wildcardByteCount`).
  private(set) var wildcardByteCount = 0

  init(_ patterns: some Sequence<IgnorePattern>) {
    for (index, pattern) in patterns.enumerated() {
      if let literal = pattern.literal {
        literals[literal, default: []].append(index)
      } else {
        wildcards.append(index)
        wildcardByteCount += max(pattern.text.count, Limits.Project.wildcardMinimum)
      }
    }
  }

  /// The indices of the patterns without wildcards that match a path.
  func literals(matching path: SeenPath) -> [Int] {
    if literals.isEmpty { return [] }
    var found: [Int] = []
    for isFolderOnly in path.isFolder ? [false, true] : [false] {
      for (text, isNameOnly) in [(path.name, true), (path.relative, false)] {
        guard let text else { continue }
        let key = IgnorePattern.Literal(text: text, isNameOnly: isNameOnly, isFolderOnly: isFolderOnly)
        found += literals[key] ?? []
      }
    }
    return found
  }
}
