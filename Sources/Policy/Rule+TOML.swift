internal import PreflightTOML
import PreflightFacts

extension Rule {
  private static let keys = [
    "code", "severity", "endpoints", "when", "require", "forbid", "message", "expected", "actual", "remedy",
    "source",
  ]

  /// Reads a rule; nil after an error, which is reported.
  ///
  /// - Parameters:
  ///   - known: The policy's endpoints.
  ///   - codes: The policy's own finding codes.
  init?(
    _ table: TOMLTable, at position: TOMLPosition, endpoints known: [Endpoint], codes: [Explanation],
    _ decoder: inout TOMLDecoder
  ) {
    decoder.check(table, keys: Self.keys, in: "a rule")
    guard let node = table["code"], let text = decoder.string(node, as: "code") else {
      decoder.report(position, "the rule has no code")
      return nil
    }
    guard let code = FindingCode(text, at: node.position, own: codes, &decoder),
      let explanation = codes.first(where: { $0.code == code }) ?? code.explanation
    else { return nil }
    let severity = Severity(table, &decoder) ?? explanation.severity
    let endpoints = Endpoint.list(table, "endpoints", among: known, &decoder) ?? []
    let when = Condition.list(table, "when", mayBeEmpty: true, &decoder)
    let test: Test
    switch (table["require"], table["forbid"]) {
    case (_?, nil): test = .require(Condition.list(table, "require", mayBeEmpty: false, &decoder))
    case (nil, _?): test = .forbid(Condition.list(table, "forbid", mayBeEmpty: false, &decoder))
    default:
      decoder.report(position, "a rule must have either require or forbid")
      return nil
    }
    self.init(
      code: code, severity: severity, endpoints: endpoints, when: when, test: test,
      message: decoder.string(table, "message"), expected: decoder.string(table, "expected"),
      actual: decoder.string(table, "actual"), remedy: Remedy(table, "remedy", &decoder),
      source: decoder.string(table, "source") ?? explanation.source)
  }
}

extension Remedy {
  /// Reads a remedy: a sentence, or a table with a summary and `fix = true` or a program; nil if there is none, or after
  /// an error, which is reported.
  init?(_ table: TOMLTable, _ key: String, _ decoder: inout TOMLDecoder) {
    guard let node = table[key] else { return nil }
    guard case .table(let own) = node.value else {
      guard let text = decoder.string(node, as: key) else { return nil }
      self.init(advice: text)
      return
    }
    decoder.check(own, keys: ["summary", "fix", "program", "arguments"], in: "a remedy")
    let program = ["program", "arguments"]
    let isFix = decoder.boolean(own, "fix") == true
    if own["summary"] == nil || program.contains(where: { (own[$0] == nil) != isFix }) {
      decoder.report(
        node.position,
        "a remedy must be a string, or a table with summary and either fix = true or program and arguments")
    }
    guard let summary = decoder.string(own, "summary") else { return nil }
    if isFix {
      self.init(fix: summary)
      return
    }
    guard let program = decoder.name(own, "program"), let arguments = decoder.strings(own, "arguments")
    else { return nil }
    self.init(summary, run: program, arguments.map { Argument(parsing: $0.text) })
  }
}

extension Remedy.Argument {
  /// Reads an argument: `{file}` is the file, `{out:EXT}` the output, and `{out}` the output with the
  /// extension of the file's own type.
  fileprivate init(parsing text: String) {
    if text == "{file}" {
      self = .input
    } else if text == "{out}" {
      self = .output(nil)
    } else if text.hasPrefix("{out:"), text.hasSuffix("}") {
      self = .output(String(text.dropFirst(5).dropLast()))
    } else {
      self = .text(text)
    }
  }
}

extension Condition {
  /// Reads the conditions of a table: keys of facts and values to compare with.
  ///
  /// - Parameter mayBeEmpty: Whether a table without conditions makes sense.
  static func list(
    _ table: TOMLTable, _ key: String, mayBeEmpty: Bool, _ decoder: inout TOMLDecoder
  ) -> [Condition] {
    guard let node = table[key], let own = decoder.table(node, as: key) else { return [] }
    if own.entries.isEmpty, !mayBeEmpty {
      decoder.report(node.position, "\(key) has no conditions")
    }
    return list(own, among: FactKind.facts, &decoder)
  }

  fileprivate static func list(
    _ table: TOMLTable, among facts: [FactKind.Key], _ decoder: inout TOMLDecoder
  ) -> [Condition] {
    table.entries.compactMap { entry in
      guard let fact = facts.first(where: { $0.name == entry.key }) else {
        decoder.report(
          entry.position,
          "unknown fact '\(entry.key)'" + TOMLDecoder.suggestion(entry.key, facts.map(\.name)))
        return nil
      }
      return Test(entry.node, of: fact, &decoder).map { Condition(key: entry.key, test: $0) }
    }
  }
}

extension Condition.Test {
  /// Reads what a fact must be: a value, an array of values, or a table of `min` and `max` or `not`; for streams, a table
  /// of their facts and `count`.
  fileprivate init?(_ node: TOMLNode, of fact: FactKind.Key, _ decoder: inout TOMLDecoder) {
    if case .streams(let facts) = fact.kind {
      guard let table = decoder.table(node, as: fact.name) else { return nil }
      self = .records(
        count: table["count"].flatMap { Self($0, of: ("count", .number), &decoder) },
        fields: Condition.list(table.without("count"), among: facts, &decoder))
      return
    }
    guard case .table(let table) = node.value else {
      guard let scalars = Self.scalars(node, of: fact, &decoder) else { return nil }
      self = .oneOf(scalars)
      return
    }
    decoder.check(table, keys: ["min", "max", "not"], in: "a condition")
    let bounds = table.entries.filter { ["min", "max"].contains($0.key) }
    if let not = table["not"] {
      for bound in bounds {
        decoder.report(bound.position, "'\(bound.key)' and 'not' can't be used together")
      }
      guard let scalars = Self.scalars(not, of: fact, &decoder) else { return nil }
      self = .noneOf(scalars)
      return
    }
    guard case .number = fact.kind else {
      let what = "\(fact.name) is \(fact.kind.words)"
      decoder.report(
        bounds.first?.position ?? node.position,
        bounds.isEmpty ? "\(what); a table needs 'not'" : "\(what), which has no '\(bounds[0].key)'")
      return nil
    }
    self = .within(min: decoder.number(table, "min"), max: decoder.number(table, "max"))
  }

  /// Reads a value, or an array of values.
  private static func scalars(
    _ node: TOMLNode, of fact: FactKind.Key, _ decoder: inout TOMLDecoder
  ) -> [Condition.Scalar]? {
    guard case .array(let nodes) = node.value else { return scalar(node, of: fact, &decoder).map { [$0] } }
    if nodes.isEmpty { decoder.report(node.position, "\(fact.name) has an empty list of values") }
    return nodes.compactMap { scalar($0, of: fact, &decoder) }
  }

  private static func scalar(
    _ node: TOMLNode, of fact: FactKind.Key, _ decoder: inout TOMLDecoder
  ) -> Condition.Scalar? {
    switch (fact.kind, node.value) {
    case (.number, .integer(let value)): return .number(Double(value))
    case (.number, .float(let value)): return .number(value)
    case (.boolean, .boolean(let value)): return .bool(value)
    case (.text, .string(let text)): return .text(text)
    case (.mediaType, .string(let text)):
      return MediaType(text, at: node.position, &decoder).map { .text($0.rawValue) }
    case (.name(let names), .string(let text)):
      let known = names.map { (name: $0, value: Condition.Scalar.text($0)) }
      return decoder.choice(text, at: node.position, fact.name, among: known)
    default:
      decoder.report(
        node.position, "\(fact.name) is \(fact.kind.words), and can't be \(node.value.kind)")
      return nil
    }
  }
}

extension Cap {
  /// Reads a size limit; nil after an error, which is reported.
  init?(_ table: TOMLTable, at position: TOMLPosition, _ decoder: inout TOMLDecoder) {
    decoder.check(table, keys: ["name", "when", "size", "disputed", "source"], in: "a cap")
    guard let node = table["size"] else {
      decoder.report(position, "the cap has no size")
      return nil
    }
    guard let size = SizeLimit(node, &decoder) else { return nil }
    self.size = size
    name = decoder.string(table, "name")
    when = Condition.list(table, "when", mayBeEmpty: true, &decoder)
    source = decoder.string(table, "source")
    guard let dispute = decoder.table(table, "disputed") else {
      disputed = nil
      return
    }
    decoder.check(dispute, keys: ["size", "reading"], in: "disputed")
    guard let other = dispute["size"].flatMap({ SizeLimit($0, &decoder) }),
      let reading = decoder.string(dispute, "reading")
    else {
      decoder.report(position, "disputed must have a size and a reading")
      return nil
    }
    disputed = (other, reading)
  }
}

extension SizeLimit {
  /// Reads a number of bytes, or text such as "5 MB"; nil after an error, which is reported.
  init?(_ node: TOMLNode, _ decoder: inout TOMLDecoder) {
    if case .integer(let value) = node.value, let bytes = UInt64(exactly: value) {
      self.init(safe: bytes, hard: bytes)
      return
    }
    if case .string(let text) = node.value {
      let parts = text.split(separator: " ", omittingEmptySubsequences: false)
      let units: [(name: String, power: Int)] = [("KB", 1), ("MB", 2), ("GB", 3)]
      // Up to six digits: a sign isn't a digit, and a gigabyte as often as they say fits in 64 bits.
      if parts.count == 2, parts[0].utf8.count <= 6,
        parts[0].utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
        let count = UInt64(parts[0]), let unit = units.first(where: { $0.name == parts[1] })
      {
        let factor = { (base: UInt64) in (0..<unit.power).reduce(count) { product, _ in product * base } }
        self.init(safe: factor(1000), hard: factor(1024))
        return
      }
    }
    decoder.report(
      node.position, "a size must be a number of bytes or a string such as \"500 KB\" or \"5 MB\"")
    return nil
  }
}
