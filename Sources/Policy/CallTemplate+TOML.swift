internal import PreflightBytes
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
    guard let host = Self.host(table, &decoder) ?? base?.host else { return nil }
    self.host = host
    path = Self.path(table, &decoder) ?? base?.path
    var headers = base?.headers ?? []
    if let own = decoder.table(table, "headers") {
      headers = []
      for entry in own.entries {
        guard let value = decoder.string(entry.node, as: entry.key) else { continue }
        if !Self.isHeaderName(entry.key) {
          decoder.report(
            entry.position, "'\(entry.key)' is not a header name; use letters, digits and hyphens")
        }
        if Self.hasControl(value) {
          decoder.report(entry.node.position, "a header value can't contain control characters")
        }
        headers.append((entry.key, value))
      }
    }
    self.headers = headers
    if let node = table["path"], let path { Places(fields).check(path, at: node.position, &decoder) }
    body = Self.body(table, fields: fields, &decoder) ?? base?.body ?? []
  }

  /// The body under its key; nil if there is none, or after an error, which is reported.
  static func body(_ table: TOMLTable, fields: [String], _ decoder: inout TOMLDecoder) -> [Member]? {
    decoder.table(table, "body").map { Places(fields).members($0, &decoder) }
  }

  // What breaks out of its line in an HTTP message is reported below.

  /// The host under its key; nil if there is none, or after an error, which is reported.
  private static func host(_ table: TOMLTable, _ decoder: inout TOMLDecoder) -> String? {
    guard let node = table["host"], let text = decoder.string(node, as: "host") else { return nil }
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let name = parts[0]
    let isHost =
      name.allSatisfy { $0.isASCIILetterOrDigit || ".-".utf8.contains($0) }
      && [name.first, name.last].allSatisfy { $0?.isASCIILetterOrDigit == true }
    let hasPort = parts.count == 2 && UInt16(String(parts[1]) ?? "") != nil
    if isHost, parts.count == 1 || hasPort { return text }
    decoder.report(
      node.position,
      "'\(text)' is not a host; expected one such as example.com or example.com:8443, without a scheme or path"
    )
    return nil
  }

  /// The path under its key; nil if there is none, or after an error, which is reported.
  static func path(_ table: TOMLTable, _ decoder: inout TOMLDecoder) -> String? {
    guard let node = table["path"], let text = decoder.string(node, as: "path") else { return nil }
    if text.hasPrefix("/"), !hasControl(text), !text.utf8.contains(0x20) { return text }
    decoder.report(
      node.position,
      "'\(text)' is not a path; it must begin with a slash, without spaces or control characters")
    return nil
  }

  /// RFC 9110, section 5.6.2.
  private static func isHeaderName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { $0.isASCIILetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains($0) }
  }

  private static func hasControl(_ text: String) -> Bool {
    text.utf8.contains { $0 < 0x20 || $0 == 0x7f }
  }

  /// Reads bodies, and reports unknown placeholders.
  private struct Places {
    /// The names that may be in braces.
    private let known: [String]

    init(_ fields: [String]) { known = fields + ["endpoint", "declaredType", "file"] }

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
