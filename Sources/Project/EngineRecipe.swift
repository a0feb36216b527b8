package import MediaPreflight
internal import SystemPackage

/// What an engine is made of, as a value: another of our processes can make the same one.
package struct EngineRecipe: Hashable, Sendable, Codable {
  /// The name of a built-in policy or the absolute path of a policy file; nil for the standard policy.
  private let policy: [UInt8]?
  private let isStrict: Bool
  private let severities: [FindingCode: Severity?]
  private let selection: CodeSelection

  init(_ settings: Settings, _ selection: CodeSelection) {
    policy = settings.policy?.value.key.bytes
    isStrict = settings.isStrict?.value ?? false
    severities = settings.severities.mapValues(\.value)
    self.selection = selection
  }

  /// Makes the engine, in a process that hasn't loaded its policy.
  ///
  /// - Throws: ``PolicyLoader/Failed`` if the policy can't be loaded any more.
  package func engine() throws(PolicyLoader.Failed) -> Preflight {
    guard let policy else { return engine(.waconnect, sharing: nil) }
    var loader = PolicyLoader(workingFolder: "/")
    return engine(try loader.load(String(decoding: policy, as: UTF8.self), from: "/").policy, sharing: nil)
  }

  func engine(_ policy: Policy, sharing other: Preflight?) -> Preflight {
    Preflight(
      policy: policy.withSeverities(severities).keeping(selection), isStrict: isStrict, sharing: other)
  }
}
