package import MediaPreflight
internal import SystemPackage

/// What an engine is made of, as a value: another of our processes can make the same one.
package struct EngineRecipe: Hashable, Sendable, Codable {
  /// The name of a built-in policy or of a policy file; nil for the standard policy.
  private let policy: String?
  /// What the policy file says: it may be readable only once, and may change.
  private let policyText: String?
  private let isStrict: Bool
  private let severities: [FindingCode: Severity?]
  private let selection: CodeSelection

  init(_ settings: Settings, _ selection: CodeSelection) {
    policy = settings.policy?.value.key.display
    policyText = settings.policy?.value.text
    isStrict = settings.isStrict?.value ?? false
    severities = settings.severities.mapValues(\.value)
    self.selection = selection
  }

  /// Makes the engine, in a process that hasn't loaded its policy.
  ///
  /// - Throws: `PolicyError` if the policy can't be read, though it was read before.
  package func engine() throws(PolicyError) -> Preflight {
    guard let policy else { return engine(.waconnect, sharing: nil) }
    if let policyText { return engine(try Policy(parsing: policyText, name: policy), sharing: nil) }
    // The same executable has the same built-in policies.
    return engine(.required(policy), sharing: nil)
  }

  func engine(_ policy: Policy, sharing other: Preflight?) -> Preflight {
    Preflight(
      policy: policy.withSeverities(severities).keeping(selection), isStrict: isStrict, sharing: other)
  }
}
