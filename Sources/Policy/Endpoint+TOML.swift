internal import PreflightTOML
import PreflightFacts

/// An endpoint as a policy states it: what is nil is as at the endpoint that it extends.
struct EndpointDraft {
  let endpoint: Endpoint
  /// The endpoint that it extends.
  let base: Endpoint?
  private let phrase: String?
  private let path: String?
  private let types: [MediaType]?
  private let caps: [Cap]?
  /// Read after the fields, which it has places for.
  var body: [CallTemplate.Member]?
  private let isAutomatic: Bool?
  private let alternatives: [Endpoint]?
  private let hasRequest: Bool?
  private let refusal: String?
  private let source: String?

  private static let keys = [
    "name", "extends", "path", "types", "caps", "body", "auto", "alternatives", "request", "refusal",
    "source",
  ]

  /// Reads an endpoint; nil after an error, which is reported.
  ///
  /// - Parameters:
  ///   - old: The endpoint of the same name in the policy that is extended.
  ///   - bases: The endpoints that it may extend: those before it, so that none extends itself.
  ///   - all: Every endpoint of the policy.
  init?(
    _ entry: TOMLTable.Entry, basedOn old: EndpointDraft?, bases: [Endpoint], all: [Endpoint],
    _ decoder: inout TOMLDecoder
  ) {
    guard let endpoint = Endpoint(entry.key, at: entry.position, &decoder),
      let table = decoder.table(entry.node, as: entry.key)
    else { return nil }
    decoder.check(table, keys: Self.keys, in: "an endpoint")
    self.endpoint = endpoint
    base = Endpoint.one(table, "extends", among: bases, &decoder) ?? old?.base
    types = MediaType.list(table, "types", &decoder) ?? old?.types
    if types == nil, base == nil, table["extends"] == nil {
      decoder.report(entry.position, "\(entry.key) has no types")
    }
    if let node = table["types"], case .array(let nodes) = node.value, nodes.isEmpty {
      decoder.report(node.position, "\(entry.key) has an empty list of types")
    }
    let caps = decoder.array(table, "caps").map { nodes in
      nodes.compactMap { node in
        decoder.table(node, as: "a cap").flatMap { Cap($0, at: node.position, &decoder) }
      }
    }
    self.caps = caps ?? old?.caps
    phrase = decoder.string(table, "name") ?? old?.phrase
    path = CallTemplate.path(table, &decoder) ?? old?.path
    body = old?.body
    isAutomatic = decoder.boolean(table, "auto") ?? old?.isAutomatic
    alternatives = Endpoint.list(table, "alternatives", among: all, &decoder) ?? old?.alternatives
    hasRequest = decoder.boolean(table, "request") ?? old?.hasRequest
    refusal = decoder.string(table, "refusal") ?? old?.refusal
    source = decoder.string(table, "source") ?? old?.source
  }

  /// The endpoint with what it takes over.
  ///
  /// - Parameter base: The endpoint that it extends.
  fileprivate func extending(_ base: EndpointPolicy?) -> EndpointPolicy {
    EndpointPolicy(
      endpoint: endpoint, phrase: phrase ?? endpoint.standardPhrase, path: path ?? base?.path,
      types: types ?? base?.types ?? [], caps: caps ?? base?.caps ?? [], body: body ?? base?.body,
      isAutomatic: isAutomatic ?? base?.isAutomatic ?? true,
      alternatives: alternatives ?? base?.alternatives, hasRequest: hasRequest ?? base?.hasRequest ?? true,
      refusal: refusal ?? base?.refusal, source: source ?? base?.source)
  }
}

extension [EndpointDraft] {
  /// The endpoints with what each takes over from the one that it extends.
  var resolved: [EndpointPolicy] {
    var policies: [EndpointPolicy] = []
    for draft in self {
      policies.append(draft.extending(policies.first { $0.endpoint == draft.base }))
    }
    return policies
  }

  /// The same endpoints, and those that extend one of them.
  func including(extensionsOf endpoints: [Endpoint]) -> [Endpoint] {
    var all = endpoints
    // An endpoint stands after the one that it extends.
    for draft in self where !all.contains(draft.endpoint) && draft.base.map(all.contains) == true {
      all.append(draft.endpoint)
    }
    return all
  }
}

extension Endpoint {
  /// Whether a name can be that of an endpoint.
  static func isName(_ name: String) -> Bool {
    name != automatic && name.utf8.first.map { (0x61...0x7a).contains($0) } == true
      && name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
  }

  /// Reads the name of an endpoint that a policy defines; nil after an error, which is reported.
  fileprivate init?(_ name: String, at position: TOMLPosition, _ decoder: inout TOMLDecoder) {
    guard Self.isName(name) else {
      decoder.report(
        position, "invalid endpoint name '\(name)'; use lowercase letters, digits and hyphens, but not 'auto'"
      )
      return nil
    }
    self.init(rawValue: name)
  }

  /// The default phrase for what is sent there: the name with its article.
  package var standardPhrase: String { ("aeiou".contains(rawValue.prefix(1)) ? "An " : "A ") + rawValue }

  /// Reads the name of an endpoint; nil if there is none, or after an error, which is reported.
  fileprivate static func one(
    _ table: TOMLTable, _ key: String, among known: [Endpoint], _ decoder: inout TOMLDecoder
  ) -> Endpoint? {
    guard let node = table[key], let text = decoder.string(node, as: key) else { return nil }
    return decoder.choice(text, at: node.position, "endpoint", among: known.map { ($0.rawValue, $0) })
  }

  /// Reads a list of endpoints; nil if there is none. Unknown endpoints are reported.
  static func list(
    _ table: TOMLTable, _ key: String, among known: [Endpoint], _ decoder: inout TOMLDecoder
  ) -> [Endpoint]? {
    decoder.strings(table, key)?.compactMap { text in
      decoder.choice(
        text.text, at: text.position, "endpoint", among: known.map { (name: $0.rawValue, value: $0) })
    }
  }
}
