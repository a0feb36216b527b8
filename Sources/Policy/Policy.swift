public import PreflightTOML
package import PreflightFacts

/// What a provider takes: its endpoints with their types and caps, the conditions on the bytes, the
/// request's fields and form. A policy is data, read from a TOML file, and knows no bytes.
public final class Policy: Sendable {
  // Policies, their endpoints and rules are classes: each file asks dozens of them, and to copy so many values
  // costs more than the question.

  /// The name, as `--policy` takes it.
  public let name: String
  /// One line for tables.
  public let title: String
  /// Where the policy as a whole comes from.
  public let source: String

  /// The endpoints, in the order in which `auto` asks them.
  package let endpoints: [EndpointPolicy]
  /// The rules, in the order in which they are asked.
  private let rules: [Rule]
  /// Those that apply at each endpoint, in the order of `Endpoint.allCases`.
  private let rulesByEndpoint: [[Rule]]
  /// The severities that the policy gives to codes whatever a rule says; nil switches a code off.
  package let severities: [FindingCode: Severity?]
  /// The types that are declared under another name, or with parameters.
  package let declaredTypes: [DeclaredType]
  package let fields: FieldPolicy
  package let service: CallTemplate
  package let upload: CallTemplate?

  init(
    name: String, title: String, source: String, endpoints: [EndpointPolicy],
    rules: [Rule], severities: [FindingCode: Severity?], declaredTypes: [DeclaredType], fields: FieldPolicy,
    service: CallTemplate, upload: CallTemplate?
  ) {
    self.name = name
    self.title = title
    self.source = source
    self.endpoints = endpoints
    self.rules = rules
    rulesByEndpoint = Endpoint.allCases.map { endpoint in
      rules.filter { $0.endpoints.isEmpty || $0.endpoints.contains(endpoint) }
    }
    self.severities = severities
    self.declaredTypes = declaredTypes
    self.fields = fields
    self.service = service
    self.upload = upload
  }

  /// The same policy with other severities for some codes, whatever its rules and its own table say.
  ///
  /// - Parameter own: The severity of each code; nil switches the code off.
  public func withSeverities(_ own: [FindingCode: Severity?]) -> Policy {
    Policy(
      name: name, title: title, source: source, endpoints: endpoints, rules: rules,
      severities: severities.merging(own) { $1 }, declaredTypes: declaredTypes, fields: fields,
      service: service, upload: upload)
  }

  /// The rules that apply at an endpoint, in the policy's order; of no endpoint, those that apply at all of them.
  package func rules(at endpoint: Endpoint?) -> [Rule] {
    guard let endpoint, let index = Endpoint.allCases.firstIndex(of: endpoint) else {
      return rules.filter(\.endpoints.isEmpty)
    }
    return rulesByEndpoint[index]
  }

  /// What an endpoint's policy is; nil for an endpoint that the provider doesn't have.
  package func endpoint(_ endpoint: Endpoint) -> EndpointPolicy? {
    endpoints.first { $0.endpoint == endpoint }
  }

  /// The first endpoint whose types hold `mediaType`.
  package func endpoint(taking mediaType: MediaType) -> Endpoint? {
    endpoints.first { $0.types.contains(mediaType) }?.endpoint
  }
}

/// What a file of a type is declared as, where that isn't the type's own name.
package struct DeclaredType: Sendable {
  package let type: MediaType
  package let declared: String
  /// The files of the type that it holds for.
  package let when: [Condition]
}

/// One endpoint: where it is, what it takes, and how much.
package final class EndpointPolicy: Sendable {
  package let endpoint: Endpoint
  /// The path of the call; nil where the service has one for all.
  package let path: String?
  package let types: [MediaType]
  package let caps: [Cap]
  package let source: String?

  init(endpoint: Endpoint, path: String?, types: [MediaType], caps: [Cap], source: String?) {
    self.endpoint = endpoint
    self.path = path
    self.types = types
    self.caps = caps
    self.source = source
  }
}

/// A cap on the number of bytes, for the files that it applies to.
package struct Cap: Sendable {
  /// Whether the cap applies to a file.
  package func applies(to table: FactTable) -> Bool {
    when.allSatisfy { $0.holds(in: table, .any) == true }
  }

  /// What is capped, as sentences begin: "A static sticker".
  package let name: String?
  package let when: [Condition]
  package let size: SizeLimit
  /// Another reading of the same source, and a sentence about it.
  package let disputed: (size: SizeLimit, reading: String)?
  package let source: String?
}

/// A number of bytes, exact or as a band between a count in thousands and a count in 1024s.
package struct SizeLimit: Sendable, Hashable {
  /// At or under this passes: the count in thousands.
  package let safe: UInt64
  /// Over this is refused: the count in 1024s.
  package let hard: UInt64
}

/// A condition on the bytes with what to say when it doesn't hold.
package final class Rule: Sendable {
  package let code: FindingCode
  package let severity: Severity
  /// The endpoints that it applies to; empty for all.
  package let endpoints: [Endpoint]
  package let when: [Condition]
  package let test: Test
  package let message: String?
  package let expected: String?
  package let actual: String?
  package let remedy: String?
  package let source: String

  init(
    code: FindingCode, severity: Severity, endpoints: [Endpoint], when: [Condition], test: Test,
    message: String?, expected: String?, actual: String?, remedy: String?, source: String
  ) {
    self.code = code
    self.severity = severity
    self.endpoints = endpoints
    self.when = when
    self.test = test
    self.message = message
    self.expected = expected
    self.actual = actual
    self.remedy = remedy
    self.source = source
  }

  /// What of the rule is broken, and how its streams are asked; nil where it holds or doesn't apply.
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

/// What a request's fields may be.
package struct FieldPolicy: Sendable {
  package let required: [String]
  package let limits: [FieldLimit]

  /// The limit of a field; nil where the policy has none.
  package func limit(of field: String) -> FieldLimit? { limits.first { $0.field == field } }
}

/// Where a field may stand and how long it may be, in characters.
package struct FieldLimit: Sendable {
  package let field: String
  package let endpoints: [Endpoint]?
  package let maximum: Int?
  package let recommendedMaximum: Int?
  package let source: String?
}

/// A call to the provider with places to fill in.
package struct CallTemplate: Sendable {
  package let host: String
  /// The path; nil where each endpoint has its own.
  package let path: String?
  package let headers: [(name: String, value: String)]
  package let body: [Member]

  /// A member of the body, in the order in which it is sent.
  package struct Member: Sendable {
    package let key: String
    package let value: Value
  }

  package indirect enum Value: Sendable {
    case text(String)
    case bool(Bool)
    case integer(Int)
    case object([Member])
  }
}

/// A policy file that can't be used.
public struct PolicyError: Error, Sendable, CustomStringConvertible {
  /// The file's name, or the policy's.
  public let name: String
  /// Each mistake, in the order of the text.
  public let mistakes: [Mistake]

  /// Each mistake on a line of its own, as `NAME:LINE:COLUMN: message`.
  public var description: String {
    mistakes.map { "\(name):\($0)" }.joined(separator: "\n")
  }
}
