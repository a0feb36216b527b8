/// The finding codes to report: all, some, or all except some.
public struct CodeSelection: Sendable, Hashable, Codable {
  /// The only codes that count; empty if all do.
  public var selected: [FindingCode]
  /// Codes that are left out, even if they are selected.
  public var ignored: [FindingCode]

  /// Creates a selection; without arguments, of all codes.
  public init(selected: [FindingCode] = [], ignored: [FindingCode] = []) {
    self.selected = selected
    self.ignored = ignored
  }

  /// Whether findings of a code are reported. Those of `unreadable` always are, since such a file wasn't
  /// checked.
  public func contains(_ code: FindingCode) -> Bool {
    code == .unreadable || ((selected.isEmpty || selected.contains(code)) && !ignored.contains(code))
  }
}

extension Policy {
  /// The policy with all codes off that aren't in the selection.
  ///
  /// Codes are switched off before a file is checked, not after: a finding that no longer rejects a file must
  /// not prevent the remaining checks.
  public func keeping(_ selection: CodeSelection) -> Policy {
    guard selection != CodeSelection() else { return self }
    let codes = (Explanation.all + codes).map(\.code).filter { !selection.contains($0) }
    return withSeverities(Dictionary(codes.map { ($0, nil) }, uniquingKeysWith: { first, _ in first }))
  }
}
