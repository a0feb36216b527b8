internal import PreflightTOML
import PreflightFacts

extension Rule {
  private static let keys = [
    "code", "severity", "endpoints", "when", "require", "forbid", "message", "expected", "actual", "remedy",
    "source",
  ]

  /// Reads a rule; nil after an error, which is reported.
  ///
  /// - Parameter known: The policy's endpoints.
  init?(
    _ table: TOMLTable, at position: TOMLPosition, endpoints known: [Endpoint], _ decoder: inout TOMLDecoder
  ) {
    decoder.check(table, keys: Self.keys, in: "a rule")
    guard let node = table["code"], let text = decoder.string(node, as: "code") else {
      decoder.report(position, "the rule has no code")
      return nil
    }
    guard let code = FindingCode(text, at: node.position, &decoder), let explanation = code.explanation
    else { return nil }
    var severity = explanation.severity
    if let node = table["severity"], let text = decoder.string(node, as: "severity") {
      severity =
        decoder.choice(text, at: node.position, "severity", among: Severity.names).flatMap(\.self)
        ?? severity
    }
    let endpoints = Endpoint.list(table, "endpoints", among: known, &decoder) ?? []
    let when = Condition.list(table, "when", &decoder)
    let test: Test
    switch (table["require"], table["forbid"]) {
    case (_?, nil): test = .require(Condition.list(table, "require", &decoder))
    case (nil, _?): test = .forbid(Condition.list(table, "forbid", &decoder))
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
  /// Reads a remedy: a sentence, or a table with a program; nil if there is none, or after an error, which is
  /// reported.
  init?(_ table: TOMLTable, _ key: String, _ decoder: inout TOMLDecoder) {
    guard let node = table[key] else { return nil }
    guard case .table(let own) = node.value else {
      guard let text = decoder.string(node, as: key) else { return nil }
      self.init(advice: text)
      return
    }
    decoder.check(own, keys: ["summary", "program", "arguments"], in: "a remedy")
    guard let summary = decoder.string(own, "summary"), let program = decoder.string(own, "program"),
      let arguments = decoder.strings(own, "arguments")
    else {
      decoder.report(
        node.position, "a remedy must be a string, or a table with summary, program and arguments")
      return nil
    }
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
  static func list(_ table: TOMLTable, _ key: String, _ decoder: inout TOMLDecoder) -> [Condition] {
    guard let own = decoder.table(table, key) else { return [] }
    return list(own, keys: FactTable.keys, isTopLevel: true, &decoder)
  }

  private static func list(
    _ table: TOMLTable, keys: [String], isTopLevel: Bool, _ decoder: inout TOMLDecoder
  ) -> [Condition] {
    table.entries.compactMap { entry in
      guard keys.contains(entry.key) else {
        decoder.report(
          entry.position, "unknown fact '\(entry.key)'" + TOMLDecoder.suggestion(entry.key, keys))
        return nil
      }
      let records: [String]? =
        switch entry.key {
        case "videoStreams" where isTopLevel: VideoStream.Key.allCases.map(\.rawValue)
        case "audioStreams" where isTopLevel: AudioStream.Key.allCases.map(\.rawValue)
        default: nil
        }
      let test =
        if let records { Test(records: entry.node, keys: records, &decoder) } else {
          Test(entry.node, &decoder)
        }
      return test.map { Condition(key: entry.key, test: $0) }
    }
  }

  fileprivate static func fields(
    _ table: TOMLTable, keys: [String], _ decoder: inout TOMLDecoder
  ) -> [Condition] {
    list(table.without("count"), keys: keys, isTopLevel: false, &decoder)
  }
}

extension Condition.Test {
  /// A value, an array of values, or a table of `min` and `max` or `not`.
  fileprivate init?(_ node: TOMLNode, _ decoder: inout TOMLDecoder) {
    switch node.value {
    case .table(let table):
      decoder.check(table, keys: ["min", "max", "not"], in: "a condition")
      if let not = table["not"] {
        guard let scalars = Self.scalars(not, &decoder) else { return nil }
        self = .noneOf(scalars)
        return
      }
      self = .within(min: decoder.number(table, "min"), max: decoder.number(table, "max"))
    default:
      guard let scalars = Self.scalars(node, &decoder) else { return nil }
      self = .oneOf(scalars)
    }
  }

  /// A table of the streams' keys, and `count`.
  fileprivate init?(records node: TOMLNode, keys: [String], _ decoder: inout TOMLDecoder) {
    guard let table = decoder.table(node, as: "a condition on streams") else { return nil }
    self = .records(
      count: table["count"].flatMap { Condition.Test($0, &decoder) },
      fields: Condition.fields(table, keys: keys, &decoder))
  }

  private static func scalars(_ node: TOMLNode, _ decoder: inout TOMLDecoder) -> [Condition.Scalar]? {
    switch node.value {
    case .string(let text): return [.text(text)]
    case .integer(let value): return [.number(Double(value))]
    case .float(let value): return [.number(value)]
    case .boolean(let value): return [.bool(value)]
    case .array(let nodes): return nodes.flatMap { scalars($0, &decoder) ?? [] }
    case .table:
      decoder.report(node.position, "a condition can't compare with a table")
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
    when = Condition.list(table, "when", &decoder)
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
      let parts = text.split(separator: " ")
      let units: [(name: String, power: Int)] = [("KB", 1), ("MB", 2), ("GB", 3)]
      if parts.count == 2, let count = UInt64(parts[0]), count < 1 << 20,
        let unit = units.first(where: { $0.name == parts[1] })
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
