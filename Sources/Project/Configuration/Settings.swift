package import SystemPackage
package import MediaPreflight

/// The settings from one source. Nil means that the source doesn't set the value.
package struct Settings: Sendable {
  package var policy: Setting<NamedPolicy>?
  /// More policies, each of which a file is checked against as well.
  package var otherPolicies: [NamedPolicy] = []
  /// The endpoint. A nil value within the setting means automatic.
  package var endpoint: Setting<Endpoint?>?
  package var isStrict: Setting<Bool>?
  /// The severities of codes. A nil value within the setting turns the code off.
  package var severities: [FindingCode: Setting<Severity?>] = [:]

  package init() {}

  /// Overrides these settings with those that another source sets.
  package mutating func apply(_ other: Settings) {
    if other.policy != nil { (policy, otherPolicies) = (other.policy, other.otherPolicies) }
    endpoint = other.endpoint ?? endpoint
    isStrict = other.isStrict ?? isStrict
    severities.merge(other.severities) { $1 }
  }
}

/// A value and its origin.
package struct Setting<Value: Sendable>: Sendable {
  package let value: Value
  package let origin: Origin

  package init(_ value: Value, _ origin: Origin) {
    self.value = value
    self.origin = origin
  }
}

/// Where a value was set.
package enum Origin: Sendable {
  case commandLine
  case file(String, line: Int, column: Int, glob: String?)

  /// The origin as text, such as `preflight.toml:3:1`.
  package var description: String {
    switch self {
    case .commandLine: "the command line"
    case .file(let name, let line, let column, let glob):
      "\(name):\(line):\(column)" + (glob.map { ", \"\($0)\"" } ?? "")
    }
  }
}

/// A policy and the key that identifies it: the name of a built-in policy, or the path of a policy file.
package struct NamedPolicy: Sendable {
  package let key: FilePath
  package let policy: Policy
  /// What its file says; nil for a built-in policy.
  let text: String?

  package init(key: FilePath, policy: Policy, text: String? = nil) {
    self.key = key
    self.policy = policy
    self.text = text
  }
}
