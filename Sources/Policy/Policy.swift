internal import PreflightTOML
package import PreflightFacts

/// What a provider accepts: its endpoints with their types and limits, the rules for the content, and the
/// request's fields and body. A policy is data from a TOML file and never reads bytes itself.
public final class Policy: Sendable {
  /// The name that it gives itself; of a built-in policy, what `--policy` takes.
  public let name: String
  /// What `--policy` takes: the name of a built-in policy, or what the file was called when it was read.
  package let argument: String
  /// One line for tables.
  public let title: String
  /// Where the policy as a whole comes from.
  public let source: String

  /// The finding codes that the policy itself defines, in its order.
  public let codes: [Explanation]

  /// The endpoints, in the policy's order.
  package let endpoints: [EndpointPolicy]
  /// The rules, in the order in which they are checked.
  let rules: [Rule]
  /// Those that apply at each endpoint, in the same order.
  private let rulesByEndpoint: [Endpoint: [Rule]]
  /// The severities that the policy sets for codes, overriding rules; nil switches a code off.
  package let severities: [FindingCode: Severity?]
  /// The types that are declared under a different name, or with parameters.
  package let declaredTypes: [DeclaredType]
  /// The fields of a request, in the order in which they are checked.
  package let fields: [Field]
  package let service: CallTemplate
  package let upload: CallTemplate?

  init(
    name: String, argument: String, title: String, source: String, endpoints: [EndpointPolicy],
    codes: [Explanation], rules: [Rule], severities: [FindingCode: Severity?], declaredTypes: [DeclaredType],
    fields: [Field],
    service: CallTemplate, upload: CallTemplate?
  ) {
    self.name = name
    self.argument = argument
    self.title = title
    self.source = source
    self.endpoints = endpoints
    self.codes = codes
    self.rules = rules
    rulesByEndpoint = Dictionary(
      endpoints.map { own in
        (own.endpoint, rules.filter { $0.endpoints.isEmpty || $0.endpoints.contains(own.endpoint) })
      }, uniquingKeysWith: { first, _ in first })
    self.severities = severities
    self.declaredTypes = declaredTypes
    self.fields = fields
    self.service = service
    self.upload = upload
  }

  /// The same policy with different severities for some codes, overriding its rules and its own table.
  ///
  /// - Parameter own: The severity of each code; nil switches the code off.
  public func withSeverities(_ own: [FindingCode: Severity?]) -> Policy {
    Policy(
      name: name, argument: argument, title: title, source: source, endpoints: endpoints, codes: codes,
      rules: rules, severities: severities.merging(own) { $1 }, declaredTypes: declaredTypes, fields: fields,
      service: service, upload: upload)
  }

  /// The endpoints that are chosen for a file that none is given for, in the order in which they are tried.
  var automaticEndpoints: [EndpointPolicy] { endpoints.filter(\.isAutomatic) }

  /// The rules that apply at an endpoint, in the policy's order; without an endpoint, those that apply at all
  /// of them.
  package func rules(at endpoint: Endpoint?) -> [Rule] {
    endpoint.flatMap { rulesByEndpoint[$0] } ?? rules.filter(\.endpoints.isEmpty)
  }

  /// The policy of an endpoint; nil if the provider doesn't have it.
  package func endpoint(_ endpoint: Endpoint) -> EndpointPolicy? {
    endpoints.first { $0.endpoint == endpoint }
  }

  /// The names of the endpoints, in the policy's order.
  public var endpointNames: [Endpoint] { endpoints.map(\.endpoint) }

  /// How a request refers to its media.
  package func reference(in request: MessageRequest) -> MediaReference {
    let given = fields.first { $0.isMediaReference && request.fields[$0.name] != nil }
    guard let given else { return .file }
    return given.kind == .url ? .url : .id
  }

  /// The first endpoint that accepts `mediaType`, among those that are chosen by themselves.
  package func endpoint(accepting mediaType: MediaType) -> Endpoint? {
    automaticEndpoints.first { $0.accepts(mediaType) }?.endpoint
  }

  /// The call that a request is for; nil if its endpoint takes none.
  ///
  /// - Parameter hasFile: Whether there is a local file. It is uploaded if nothing refers to it yet, where the provider
  ///   has a call for that.
  package func call(for request: MessageRequest, at endpoint: Endpoint?, hasFile: Bool) -> CallTemplate? {
    let own = endpoint.flatMap(self.endpoint)
    if own?.hasRequest == false { return nil }
    if hasFile, reference(in: request) == .file, let upload {
      return upload.filled(path: own?.path, body: nil)
    }
    return message(at: endpoint)
  }

  /// The call that sends a message to an endpoint.
  func message(at endpoint: Endpoint?) -> CallTemplate {
    let own = endpoint.flatMap(self.endpoint)
    return service.filled(path: own?.path, body: own?.body)
  }
}

/// How a request refers to its media.
package enum MediaReference: String, CaseIterable, Sendable {
  /// By a URL that the provider fetches.
  case url
  /// By the ID of an earlier upload.
  case id
  /// Not at all: the local file is uploaded.
  case file
}

/// The type to declare for a file, if it isn't the type's own name.
package struct DeclaredType: Sendable {
  package let type: MediaType
  package let declared: String
  /// The files of the type that it holds for.
  package let when: [Condition]
}

/// One endpoint: its path, accepted types and limits.
package struct EndpointPolicy: Sendable {
  package let endpoint: Endpoint
  /// What is sent there, with its article, to start a sentence: "An image".
  package let phrase: String
  /// The path of the call; nil if the service has one for all.
  package let path: String?
  /// Media types, and ranges of them such as `image/*`.
  package let types: [MediaType]
  package let caps: [Cap]
  /// The body of its messages; nil for the service's.
  package let body: [CallTemplate.Member]?
  /// Whether it is chosen for a file that no endpoint is given for.
  package let isAutomatic: Bool
  /// The endpoints to propose for a file that it doesn't accept; nil for those that are chosen by themselves.
  package let alternatives: [Endpoint]?
  /// Whether a message can be sent to it.
  package let hasRequest: Bool
  /// The message about a file of another type; nil for that of `media-type-not-allowed`.
  package let refusal: String?
  package let source: String?
}

extension EndpointPolicy {
  /// Whether files of a type are accepted; without one, whether any file is.
  package func accepts(_ mediaType: MediaType?) -> Bool {
    types.contains { type in
      guard type.isRange else { return type == mediaType }
      return type.topLevel == "*" || type.topLevel == mediaType?.topLevel
    }
  }
}

/// A size limit in bytes, for the files that it applies to.
package struct Cap: Sendable {
  /// Whether the cap applies to a file.
  package func applies(to table: FactTable) -> Bool {
    when.allSatisfy { $0.holds(in: table, .any) == true }
  }

  /// What is limited, to start a sentence: "A static sticker".
  package let name: String?
  package let when: [Condition]
  package let size: SizeLimit
  /// A different reading of the same source, and a sentence about it.
  package let disputed: (size: SizeLimit, reading: String)?
  package let source: String?
}

/// A number of bytes, exact or as a range between units of 1000 and units of 1024.
package struct SizeLimit: Sendable, Hashable {
  /// Files up to this size pass: units of 1000.
  package let safe: UInt64
  /// Over this is refused: the count in 1024s.
  package let hard: UInt64
}

/// A condition on the content, with the message if it fails.
package struct Rule: Sendable {
  package let code: FindingCode
  package let severity: Severity
  /// The endpoints that it applies to; empty for all.
  package let endpoints: [Endpoint]
  package let when: [Condition]
  package let test: Test
  package let message: String?
  package let expected: String?
  package let actual: String?
  package let remedy: Remedy?
  package let source: String

  /// The same rule at other endpoints.
  func applying(at endpoints: [Endpoint]) -> Rule {
    Rule(
      code: code, severity: severity, endpoints: endpoints, when: when, test: test, message: message,
      expected: expected, actual: actual, remedy: remedy, source: source)
  }

  /// The same rule without an endpoint; nil if it applies nowhere else.
  func leavingOut(_ endpoint: Endpoint) -> Rule? {
    let rest = endpoints.filter { $0 != endpoint }
    return rest.isEmpty && !endpoints.isEmpty ? nil : applying(at: rest)
  }

  /// The conditions that are violated, and how to check their streams; nil if the rule is followed or doesn't
  /// apply.
  package func broken(by table: FactTable) -> (conditions: [Condition], quantifier: Quantifier)? {
    guard when.allSatisfy({ $0.holds(in: table, .any) == true }) else { return nil }
    switch test {
    case .require(let conditions):
      return conditions.contains { $0.holds(in: table, .every) == false } ? (conditions, .every) : nil
    case .forbid(let conditions):
      return conditions.allSatisfy { $0.holds(in: table, .any) == true } ? (conditions, .any) : nil
    }
  }

  package enum Test: Sendable {
    /// Each must hold wherever its fact is known.
    case require([Condition])
    /// They must not hold all at once.
    case forbid([Condition])
  }
}

/// A policy file that can't be used.
public struct PolicyError: Error, Sendable, CustomStringConvertible {
  /// The file's name, or the policy's.
  public let name: String
  /// Each error, in the order of the text.
  public let mistakes: [Mistake]

  /// An error at its place.
  public struct Mistake: Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column in Unicode scalars, from 1.
    public let column: Int
    /// What is wrong, as a sentence without a full stop. Its length is bounded, and characters that affect a terminal are
    /// escaped.
    public let message: String

    /// `LINE:COLUMN: message`.
    public var description: String { "\(line):\(column): \(message)" }
  }

  /// Whether the text is at least TOML with endpoints, or based on a policy. Otherwise it may be any file, such as one
  /// with passwords.
  package let isPolicy: Bool

  /// Where the first error is and of which kind, without a word of the text.
  package var withoutQuotations: String {
    let place = mistakes.first.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(name)\(place): \(isTOML ? "not a policy" : "not TOML")"
  }

  private let isTOML: Bool

  init(name: String, mistakes: [PreflightTOML.Mistake], isTOML: Bool, isPolicy: Bool) {
    self.name = name
    self.isTOML = isTOML
    self.isPolicy = isPolicy
    self.mistakes = mistakes.map { Mistake(line: $0.line, column: $0.column, message: $0.message) }
  }

  /// Each error on its own line, as `NAME:LINE:COLUMN: message`.
  public var description: String {
    mistakes.map { "\(name):\($0)" }.joined(separator: "\n")
  }
}
