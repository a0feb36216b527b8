internal import PreflightTOML
import PreflightFacts

extension Policy {
  /// Reads a policy file.
  ///
  /// - Parameters:
  ///   - text: The file's text.
  ///   - name: What to call the file: in errors, and after `--policy` in the commands of fixes.
  /// - Throws: ``PolicyError`` with each error that the text has.
  public convenience init(parsing text: String, name: String) throws(PolicyError) {
    try self.init(parsing: Array(text.utf8), name: name)
  }

  /// The same of a text in UTF-8.
  convenience init(parsing bytes: [UInt8], name: String) throws(PolicyError) {
    var decoder = TOMLDecoder()
    let draft = PolicyDraft(parsing: bytes, &decoder, depth: 0)
    guard decoder.mistakes.isEmpty, let own = draft.name, let service = draft.service else {
      throw PolicyError(
        name: name, mistakes: decoder.mistakes.sorted { ($0.line, $0.column) < ($1.line, $1.column) },
        isTOML: draft.isTOML, isPolicy: draft.isPolicy)
    }
    self.init(
      name: own, argument: name, title: draft.title ?? own, source: draft.source ?? own,
      endpoints: draft.endpoints.resolved, codes: draft.codes,
      rules: draft.rules.map { $0.applying(at: draft.endpoints.including(extensionsOf: $0.endpoints)) },
      severities: draft.severities, declaredTypes: draft.declaredTypes, fields: draft.fields,
      service: service, upload: draft.upload)
  }
}

/// A policy while it is read: the policy that it extends first, then its own text.
struct PolicyDraft {
  fileprivate private(set) var name: String?
  fileprivate private(set) var title: String?
  fileprivate private(set) var source: String?
  fileprivate private(set) var endpoints: [EndpointDraft] = []
  fileprivate private(set) var codes: [Explanation] = []
  fileprivate private(set) var rules: [Rule] = []
  fileprivate private(set) var severities: [FindingCode: Severity?] = [:]
  fileprivate private(set) var declaredTypes: [DeclaredType] = []
  fileprivate private(set) var fields: [Field] = []
  fileprivate private(set) var service: CallTemplate?
  fileprivate private(set) var upload: CallTemplate?

  private static let keys = [
    "name", "title", "source", "extends", "service", "upload", "fields", "endpoints", "codes", "rules",
    "severities", "declare",
  ]

  /// Errors of the text's syntax.
  private var syntax: [Mistake] = []

  private(set) var isTOML = false

  /// Whether the text is TOML with a key that each policy has, and other files don't.
  private(set) var isPolicy = false

  private init() {}

  init(parsing bytes: [UInt8], _ decoder: inout TOMLDecoder, depth: Int) {
    let table = TOMLTable(parsing: bytes, mistakes: &syntax)
    decoder.add(syntax)
    decoder.check(table, keys: Self.keys, in: "a policy")
    let isTOML = syntax.isEmpty
    extend(table, &decoder, depth: depth)
    self.isTOML = isTOML
    isPolicy = isTOML && (table["extends"] != nil || table["endpoints"] != nil)
    name = decoder.name(table, "name") ?? name
    title = decoder.string(table, "title") ?? title
    source = decoder.string(table, "source") ?? source
    readEndpoints(table, &decoder)
    for entry in decoder.table(table, "codes")?.entries ?? [] {
      if let own = Explanation(entry, source: source ?? name, &decoder) { codes.append(own) }
    }
    readFields(table, &decoder)
    readBodies(table, &decoder)
    readService(table, &decoder)
    readSeverities(table, &decoder)
    readDeclaredTypes(table, &decoder)
    for node in decoder.array(table, "rules") ?? [] {
      guard let table = decoder.table(node, as: "a rule") else { continue }
      if let rule = Rule(
        table, at: node.position, endpoints: endpoints.map(\.endpoint), codes: codes, &decoder)
      {
        rules.append(rule)
      }
    }
    // Missing parts are reported only if there are no other errors, since those may be the reason.
    if decoder.mistakes.isEmpty {
      let start = TOMLPosition(line: 1, column: 1)
      if table["name"] == nil { decoder.report(start, "the policy has no name") }
      if service == nil { decoder.report(start, "the policy has no [service] with a host") }
      if endpoints.isEmpty { decoder.report(start, "the policy has no [endpoints]") }
    }
  }

  private mutating func extend(_ table: TOMLTable, _ decoder: inout TOMLDecoder, depth: Int) {
    guard let node = table["extends"], let base = decoder.string(node, as: "extends") else { return }
    let names = BuiltInPolicies.all.map(\.name)
    guard let bytes = BuiltInPolicies.bytes(of: base) else {
      return decoder.report(
        node.position, "unknown built-in policy '\(base)'" + TOMLDecoder.suggestion(base, names))
    }
    // Built-in policies don't extend each other in a cycle; the limit guards against errors when they are
    // edited.
    guard depth < 8 else { return decoder.report(node.position, "the policies extend each other") }
    var inner = TOMLDecoder()
    self = PolicyDraft(parsing: bytes, &inner, depth: depth + 1)
    if !inner.mistakes.isEmpty { decoder.report(node.position, "the built-in policy '\(base)' is invalid") }
  }

  // MARK: Endpoints

  private mutating func readEndpoints(_ root: TOMLTable, _ decoder: inout TOMLDecoder) {
    guard let table = decoder.table(root, "endpoints") else { return }
    let known = endpoints.map(\.endpoint)
    let new = table.entries.map(\.key).filter(Endpoint.isName).map(Endpoint.init(rawValue:))
    let all = known + new.filter { !known.contains($0) }
    for entry in table.entries {
      let index = endpoints.firstIndex { $0.endpoint.rawValue == entry.key }
      if case .boolean(false) = entry.node.value {
        removeEndpoint(entry, at: index, &decoder)
        continue
      }
      guard
        let own = EndpointDraft(
          entry, basedOn: index.map { endpoints[$0] },
          bases: endpoints[..<(index ?? endpoints.endIndex)].map(\.endpoint), all: all, &decoder)
      else { continue }
      if let index { endpoints[index] = own } else { endpoints.append(own) }
    }
  }

  /// Removes an endpoint of the policy that is extended, which the provider doesn't have.
  private mutating func removeEndpoint(
    _ entry: TOMLTable.Entry, at index: Int?, _ decoder: inout TOMLDecoder
  ) {
    guard let index else {
      return decoder.report(entry.position, "there is no endpoint '\(entry.key)' to remove")
    }
    let own = endpoints.remove(at: index)
    if let other = endpoints.first(where: { $0.base == own.endpoint }) {
      decoder.report(
        entry.position, "'\(entry.key)' can't be removed: '\(other.endpoint.rawValue)' extends it")
    }
    rules = rules.compactMap { $0.leavingOut(own.endpoint) }
    for index in fields.indices { fields[index].leaveOut(own.endpoint) }
  }

  /// Reads the bodies of endpoints, which have places for fields.
  private mutating func readBodies(_ root: TOMLTable, _ decoder: inout TOMLDecoder) {
    guard case .table(let table) = root["endpoints"]?.value else { return }
    for entry in table.entries {
      guard case .table(let own) = entry.node.value,
        let index = endpoints.firstIndex(where: { $0.endpoint.rawValue == entry.key }),
        let body = CallTemplate.body(own, fields: fields.map(\.name), &decoder)
      else { continue }
      endpoints[index].body = body
    }
  }

  // MARK: Service

  private mutating func readService(_ root: TOMLTable, _ decoder: inout TOMLDecoder) {
    if let table = decoder.table(root, "service") {
      service = CallTemplate(table, basedOn: service, "service", fields: fields.map(\.name), &decoder)
      if service == nil, decoder.mistakes.isEmpty,
        let entry = root.entries.first(where: { $0.key == "service" })
      {
        decoder.report(entry.position, "service has no host")
      }
    }
    if let table = decoder.table(root, "upload") {
      upload = CallTemplate(
        table, basedOn: upload ?? service, "upload", fields: fields.map(\.name), &decoder)
    }
  }

  // MARK: Fields

  /// The default fields of WhatsApp gateways, for policies that define no field kinds.
  private static let standardFields: [Field] = {
    var decoder = TOMLDecoder()
    var draft = PolicyDraft()
    let table = TOMLTable(parsing: BuiltInPolicies.fields(), mistakes: &draft.syntax)
    draft.readFieldTables(table, basedOn: [], &decoder)
    precondition(decoder.mistakes.isEmpty && draft.syntax.isEmpty, "the built-in fields are invalid")
    return draft.fields
  }()

  private mutating func readFields(_ root: TOMLTable, _ decoder: inout TOMLDecoder) {
    let isOnItsOwn = root["extends"] == nil
    let own = decoder.table(root, "fields")
    let namesKinds =
      own?.entries.contains { entry in
        if case .table(let table) = entry.node.value { table["kind"] != nil } else { false }
      } ?? false
    if isOnItsOwn, !namesKinds { fields = Self.standardFields }
    guard let own else { return }
    readFieldTables(own, basedOn: isOnItsOwn ? Self.standardFields : fields, &decoder)
    guard let texts = decoder.strings(own, "required") else { return }
    for index in fields.indices { fields[index].isRequired = false }
    for text in texts {
      let names = fields.indices.map { (name: fields[$0].name, value: $0) }
      if let index = decoder.choice(text.text, at: text.position, "field of a request", among: names) {
        fields[index].isRequired = true
      }
    }
  }

  /// Reads the fields of a table; missing keys are as in the field of the same name in `base`.
  private mutating func readFieldTables(
    _ table: TOMLTable, basedOn base: [Field], _ decoder: inout TOMLDecoder
  ) {
    for entry in table.entries where entry.key != "required" {
      let base = base.first { $0.name == entry.key }
      guard
        let field = Field(
          entry, basedOn: base, endpoints: endpoints.map(\.endpoint), codes: codes, &decoder)
      else { continue }
      if let index = fields.firstIndex(where: { $0.name == field.name }) {
        fields[index] = field
      } else {
        fields.append(field)
      }
    }
  }

  private mutating func readDeclaredTypes(_ root: TOMLTable, _ decoder: inout TOMLDecoder) {
    guard let table = decoder.table(root, "declare") else { return }
    for entry in table.entries {
      guard let type = MediaType(entry.key, at: entry.position, &decoder) else { continue }
      var node: TOMLNode? = entry.node
      var when: [Condition] = []
      if case .table(let own) = entry.node.value {
        decoder.check(own, keys: ["as", "when"], in: "a declaration")
        node = own["as"]
        when = Condition.list(own, "when", mayBeEmpty: true, &decoder)
        if node == nil { decoder.report(entry.position, "the declaration has no 'as'") }
      }
      guard let node, let text = decoder.string(node, as: "a declared type"),
        let declared = MediaType.declared(text, at: node.position, &decoder)
      else { continue }
      declaredTypes.removeAll { $0.type == type }
      declaredTypes.append(DeclaredType(type: type, declared: declared, when: when))
    }
  }

  private mutating func readSeverities(_ root: TOMLTable, _ decoder: inout TOMLDecoder) {
    guard let table = decoder.table(root, "severities") else { return }
    for entry in table.entries {
      guard let code = FindingCode(entry.key, at: entry.position, own: codes, &decoder),
        let text = decoder.string(entry.node, as: entry.key)
      else { continue }
      let names = Severity.names + [(name: "off", value: nil)]
      if let severity = decoder.choice(text, at: entry.node.position, "severity", among: names) {
        severities.updateValue(severity, forKey: code)
      }
    }
  }
}

extension Severity {
  static let names: [(name: String, value: Severity?)] = allCases.map { ($0.rawValue, $0) }
}
