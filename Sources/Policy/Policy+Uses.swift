extension Policy {
  /// What a policy says of a code: the severity that it gives to it, and its own rules with it.
  public struct Use: Sendable, Hashable {
    /// The endpoints that it applies to; empty for all.
    public let endpoints: [Endpoint]
    /// The severity; nil where the policy switches the code off.
    public let severity: Severity?
    /// The rule's own message, with its places unfilled; nil where it has the code's.
    public let message: String?
    /// The rule's own fix, in words; nil where it has the code's.
    public let remedy: String?
    /// Where the rule comes from.
    public let source: String
  }

  /// The explanation of a code of the policy's own or of the catalogue; nil for an unknown code.
  public func explanation(of code: FindingCode) -> Explanation? {
    codes.first { $0.code == code } ?? code.explanation
  }

  /// The policy's rules with a code, in its order.
  public func uses(of code: FindingCode) -> [Use] {
    rules.filter { $0.code == code }.map { rule in
      let severity = severity(of: code, otherwise: rule.severity)
      return Use(
        endpoints: rule.endpoints, severity: severity, message: rule.message,
        remedy: rule.remedy?.text(for: nil, isStrict: severity == .warning), source: rule.source)
    }
  }

  /// The severity that the policy gives to a code; nil where it switches the code off.
  public func severity(of code: FindingCode, otherwise severity: Severity) -> Severity? {
    severities[code] ?? severity
  }
}
