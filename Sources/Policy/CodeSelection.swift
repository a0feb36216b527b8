/// Which finding codes count: all, some, or all but some.
public struct CodeSelection: Sendable, Hashable {
  /// The only codes that count; empty where all do.
  public var selected: [FindingCode]
  /// Codes that don't count, whether they are selected or not.
  public var ignored: [FindingCode]

  /// Creates a selection; without arguments, of all codes.
  public init(selected: [FindingCode] = [], ignored: [FindingCode] = []) {
    self.selected = selected
    self.ignored = ignored
  }

  /// Whether findings of a code count. Those of `unreadable` always do: nothing was judged of such a file.
  public func contains(_ code: FindingCode) -> Bool {
    code == .unreadable || ((selected.isEmpty || selected.contains(code)) && !ignored.contains(code))
  }
}

extension Policy {
  /// The policy with every code switched off that isn't in the selection.
  ///
  /// A code is left out before a file is judged, not after: what no longer rejects a file must not keep
  /// the rest of it from being looked at.
  public func keeping(_ selection: CodeSelection) -> Policy {
    guard selection != CodeSelection() else { return self }
    let codes = Explanation.all.map(\.code).filter { !selection.contains($0) }
    return withSeverities(Dictionary(codes.map { ($0, nil) }, uniquingKeysWith: { first, _ in first }))
  }
}
