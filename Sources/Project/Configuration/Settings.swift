package import SystemPackage
package import MediaPreflight

/// How files are judged, as far as one place says so; nil for what it leaves open.
package struct Settings: Sendable {
  package var policy: Setting<NamedPolicy>?
  /// The endpoint; nil within the setting for the one that the bytes call for.
  package var endpoint: Setting<Endpoint?>?
  package var isStrict: Setting<Bool>?
  /// The severities of codes; nil within the setting switches a code off.
  package var severities: [FindingCode: Setting<Severity?>] = [:]

  package init() {}

  /// Lets another place have the say in whatever it says.
  package mutating func apply(_ other: Settings) {
    policy = other.policy ?? policy
    endpoint = other.endpoint ?? endpoint
    isStrict = other.isStrict ?? isStrict
    severities.merge(other.severities) { $1 }
  }
}

/// A value and where it was said.
package struct Setting<Value: Sendable>: Sendable {
  package let value: Value
  package let origin: Origin

  package init(_ value: Value, _ origin: Origin) {
    self.value = value
    self.origin = origin
  }
}

/// Where something was said.
package enum Origin: Sendable {
  case commandLine
  case file(String, line: Int, column: Int, glob: String?)

  /// In words, such as `preflight.toml:3:1`.
  package var description: String {
    switch self {
    case .commandLine: "the command line"
    case .file(let name, let line, let column, let glob):
      "\(name):\(line):\(column)" + (glob.map { ", \"\($0)\"" } ?? "")
    }
  }
}

/// A policy under the name that tells it from others: a built-in's own, or the path of its file.
package struct NamedPolicy: Sendable {
  package let key: FilePath
  package let policy: Policy

  package init(key: FilePath, policy: Policy) {
    self.key = key
    self.policy = policy
  }
}
