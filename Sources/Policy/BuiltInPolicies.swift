internal import Synchronization

/// The policies that are embedded in the binary. Adding one takes its file under `Policies` and a line here.
enum BuiltInPolicies {
  /// Those that were asked for, each parsed once.
  static let parsed = Mutex<[String: Policy]>([:])

  static let all: [(name: String, bytes: @Sendable () -> [UInt8])] = [
    ("waconnect", { PackageResources.waconnect_toml }),
    ("waconnect-as-printed", { PackageResources.waconnect_as_printed_toml }),
    ("whatsapp-cloud", { PackageResources.whatsapp_cloud_toml }),
  ]

  /// The fields of a request to a gateway of WhatsApp, for policies that name no kind of field themselves.
  static func fields() -> [UInt8] { PackageResources.StandardFields_toml }

  static func bytes(of name: String) -> [UInt8]? { all.first { $0.name == name }?.bytes() }
}

extension Policy {
  /// The names of the built-in policies, the default first.
  public static var builtInNames: [String] { BuiltInPolicies.all.map(\.name) }

  /// The text of a built-in policy's file; nil where there is none of that name.
  public static func builtInText(named name: String) -> String? {
    BuiltInPolicies.bytes(of: name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A built-in policy; nil where there is none of that name.
  public static func builtIn(named name: String) -> Policy? {
    guard let bytes = BuiltInPolicies.bytes(of: name) else { return nil }
    return BuiltInPolicies.parsed.withLock { parsed in
      if let policy = parsed[name] { return policy }
      let policy = parse(bytes, name: name)
      parsed[name] = policy
      return policy
    }
  }

  private static func parse(_ bytes: [UInt8], name: String) -> Policy {
    do { return try Policy(parsing: bytes, name: name) } catch {
      // The built-in files are parsed by a test; a mistake in one is a mistake in this build.
      preconditionFailure("the built-in policy is invalid: \(error)")
    }
  }
}
