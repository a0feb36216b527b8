internal import Synchronization

/// The policies embedded in the binary. To add one, add its file under `BuiltIn` and a line here.
enum BuiltInPolicies {
  /// The policies that were requested, each parsed once.
  static let parsed = Mutex<[String: Policy]>([:])

  static let all: [(name: String, bytes: @Sendable () -> [UInt8])] = [
    ("waconnect", { PackageResources.waconnect_toml }),
    ("waconnect-as-printed", { PackageResources.waconnect_as_printed_toml }),
    ("whatsapp-cloud", { PackageResources.whatsapp_cloud_toml }),
    ("360dialog", { PackageResources._60dialog_toml }),
    ("twilio-whatsapp", { PackageResources.twilio_whatsapp_toml }),
    ("infobip", { PackageResources.infobip_toml }),
    ("vonage", { PackageResources.vonage_toml }),
    ("aws-social-messaging", { PackageResources.aws_social_messaging_toml }),
    ("telegram", { PackageResources.telegram_toml }),
    ("messenger", { PackageResources.messenger_toml }),
    ("instagram", { PackageResources.instagram_toml }),
    ("viber", { PackageResources.viber_toml }),
    ("line", { PackageResources.line_toml }),
    ("rcs", { PackageResources.rcs_toml }),
    ("mms", { PackageResources.mms_toml }),
  ]

  /// The default fields of a request to a WhatsApp gateway, for policies that define no field kinds.
  static func fields() -> [UInt8] { PackageResources.StandardFields_toml }

  static func bytes(of name: String) -> [UInt8]? { all.first { $0.name == name }?.bytes() }
}

extension Policy {
  /// The names of the built-in policies, the default first.
  public static var builtInNames: [String] { BuiltInPolicies.all.map(\.name) }

  /// The text of a built-in policy's file; nil if there is no such policy.
  public static func builtInText(named name: String) -> String? {
    BuiltInPolicies.bytes(of: name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A built-in policy; nil if there is no such policy.
  public static func builtIn(named name: String) -> Policy? {
    guard let bytes = BuiltInPolicies.bytes(of: name) else { return nil }
    return BuiltInPolicies.parsed.withLock { parsed in
      if let policy = parsed[name] { return policy }
      let policy = parse(bytes, name: name)
      parsed[name] = policy
      return policy
    }
  }

  /// The distinct endpoints of the built-in policies.
  public static var builtInEndpointNames: [Endpoint] {
    var names: [Endpoint] = []
    for name in builtInNames.compactMap(builtIn).flatMap(\.endpointNames) where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// The names of the built-in policies that have an endpoint.
  package static func builtInNames(with endpoint: Endpoint) -> [String] {
    builtInNames.filter { builtIn(named: $0)?.endpointNames.contains(endpoint) == true }
  }

  private static func parse(_ bytes: [UInt8], name: String) -> Policy {
    do { return try Policy(parsing: bytes, name: name) } catch {
      // A test parses the built-in files; an error in one is a bug in this build.
      preconditionFailure("the built-in policy is invalid: \(error)")
    }
  }
}
