import ArgumentParser
import MediaPreflight

/// Which policy.
struct PolicyOptions: PlainOptions {
  /// A built-in policy or a policy file; nil for what a configuration says, or else the default.
  var policy: String?

  fileprivate static let standard = Policy.builtInNames.first ?? ""

  fileprivate static let names = Policy.builtInNames.joined(separator: ", ")

  func load() throws(Failure) -> Policy { try Self.load(policy ?? Self.standard) }

  /// A built-in policy, or else the policy file of that name.
  static func load(_ name: String) throws(Failure) -> Policy {
    if let policy = Policy.builtIn(named: name) { return policy }
    let text: [UInt8]
    do { text = try Input.all(ofFileAt: RawArguments.fileName(name)) } catch {
      let isName = !name.contains("/") && !name.contains(".")
      throw Failure(
        isName
          ? "there is no policy '\(name)', only \(names), nor such a file"
          : "the policy file \(name): \(error)")
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw Failure("the policy file \(name) is not UTF-8 text")
    }
    do { return try Policy(parsing: text, name: name) } catch {
      throw Failure("the policy is mistaken\n\(error)")
    }
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    name == "policy" ? words.set(&policy) : nil
  }
}

/// The same as the argument parser takes them.
struct PolicyArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy to hold against: \(PolicyOptions.names), or a policy file (default: the configuration's, or else \(PolicyOptions.standard)).",
      valueName: "NAME|FILE"))
  var policy: String?

  var options: PolicyOptions { PolicyOptions(policy: policy) }
}
