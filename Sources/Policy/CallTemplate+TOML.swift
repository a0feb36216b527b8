internal import PreflightTOML

extension CallTemplate {
  /// Reads a call; nil if neither it nor its base has a host.
  ///
  /// - Parameter fields: The names of the policy's fields, which may be used as placeholders.
  init?(
    _ table: TOMLTable, basedOn base: CallTemplate?, _ name: String, fields: [String],
    _ decoder: inout TOMLDecoder
  ) {
    decoder.check(table, keys: ["host", "path", "headers", "body"], in: name)
    guard let host = decoder.string(table, "host") ?? base?.host else { return nil }
    self.host = host
    path = decoder.string(table, "path") ?? base?.path
    for key in ["host", "path"] {
      if let node = table[key], case .string(let text) = node.value {
        Self.checkLine(text, "a \(key)", at: node.position, &decoder)
      }
    }
    var headers = base?.headers ?? []
    if let own = decoder.table(table, "headers") {
      headers = []
      for entry in own.entries {
        guard let value = decoder.string(entry.node, as: entry.key) else { continue }
        Self.checkLine(entry.key, "a header name", at: entry.position, &decoder)
        Self.checkLine(value, "a header value", at: entry.node.position, &decoder)
        headers.append((entry.key, value))
      }
    }
    self.headers = headers
    var body = base?.body ?? []
    let places = Places(known: fields + ["endpoint", "declaredType", "file"])
    if let node = table["path"], let path { places.check(path, at: node.position, &decoder) }
    if let own = decoder.table(table, "body") { body = places.members(own, &decoder) }
    self.body = body
  }

  /// Reports text that would break out of its line in an HTTP message.
  private static func checkLine(
    _ text: String, _ what: String, at position: TOMLPosition, _ decoder: inout TOMLDecoder
  ) {
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
      decoder.report(position, "\(what) can't contain control characters")
    }
  }

  /// Reads bodies, and reports unknown placeholders.
  private struct Places {
    /// The names that may be in braces.
    let known: [String]

    func members(_ table: TOMLTable, _ decoder: inout TOMLDecoder) -> [Member] {
      table.entries.compactMap { entry in
        check(entry.key, at: entry.position, &decoder)
        return value(entry.node, &decoder).map { Member(key: entry.key, value: $0) }
      }
    }

    private func value(_ node: TOMLNode, _ decoder: inout TOMLDecoder) -> Value? {
      switch node.value {
      case .string(CallTemplate.fileMark): return .file
      case .string(let text):
        check(text, at: node.position, &decoder)
        return .text(text)
      case .boolean(let value): return .bool(value)
      case .integer(let value): return .integer(value)
      case .table(let own): return .object(members(own, &decoder))
      case .array(let nodes): return .array(nodes.compactMap { value($0, &decoder) })
      case .float:
        decoder.report(
          node.position, "a value in a body must be a string, an integer, a boolean, a table or an array")
        return nil
      }
    }

    func check(_ text: String, at position: TOMLPosition, _ decoder: inout TOMLDecoder) {
      for name in Template(text).names where !known.contains(name) {
        decoder.report(
          position, "unknown field '{\(name)}'" + TOMLDecoder.suggestion(name, known))
      }
    }
  }
}
