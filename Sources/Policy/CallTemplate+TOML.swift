internal import PreflightTOML

extension CallTemplate {
  /// Reads a call; nil where neither it nor what it builds on has a host.
  init?(
    _ table: TOMLTable, basedOn base: CallTemplate?, _ name: String, _ decoder: inout TOMLDecoder
  ) {
    decoder.check(table, keys: ["host", "path", "headers", "body"], in: name)
    guard let host = decoder.string(table, "host") ?? base?.host else { return nil }
    self.host = host
    path = decoder.string(table, "path") ?? base?.path
    var headers = base?.headers ?? []
    if let own = decoder.table(table, "headers") {
      headers = []
      for entry in own.entries {
        guard let value = decoder.string(entry.node, as: entry.key) else { continue }
        if value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
          decoder.report(entry.node.position, "a header's value has no control characters")
        }
        headers.append((entry.key, value))
      }
    }
    self.headers = headers
    var body = base?.body ?? []
    if let own = decoder.table(table, "body") { body = Self.members(own, &decoder) }
    self.body = body
  }

  private static func members(_ table: TOMLTable, _ decoder: inout TOMLDecoder) -> [Member] {
    table.entries.compactMap { entry in
      check(placeholdersOf: entry.key, at: entry.position, &decoder)
      switch entry.node.value {
      case .string(let text):
        check(placeholdersOf: text, at: entry.node.position, &decoder)
        return Member(key: entry.key, value: .text(text))
      case .boolean(let value): return Member(key: entry.key, value: .bool(value))
      case .integer(let value): return Member(key: entry.key, value: .integer(value))
      case .table(let own): return Member(key: entry.key, value: .object(members(own, &decoder)))
      default:
        decoder.report(entry.node.position, "a body's member is text, a whole number, a boolean or a table")
        return nil
      }
    }
  }

  /// The names that may stand in braces.
  package static let placeholders =
    RequestField.allCases.map(\.rawValue) + ["endpoint", "declaredType", "file"]

  private static func check(
    placeholdersOf text: String, at position: TOMLPosition, _ decoder: inout TOMLDecoder
  ) {
    for name in Template(text).names where !placeholders.contains(name) {
      decoder.report(
        position, "'{\(name)}' is nothing that can be filled in" + TOMLDecoder.suggestion(name, placeholders))
    }
  }
}

/// Text with places in braces to fill in.
package struct Template {
  private enum Part {
    case text(Substring)
    case name(Substring)
  }

  private var parts: [Part] = []

  package init(_ text: String) {
    // In bytes: braces are ASCII, and looking for them as characters is most of what a request costs.
    var rest = text.utf8[...]
    while let open = rest.firstIndex(of: UInt8(ascii: "{")),
      let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
    {
      if open != rest.startIndex { parts.append(.text(Substring(rest[..<open]))) }
      parts.append(.name(Substring(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty || parts.isEmpty { parts.append(.text(Substring(rest))) }
  }

  /// The names in braces.
  package var names: [String] {
    parts.compactMap { if case .name(let name) = $0 { String(name) } else { nil } }
  }

  /// The text with every place filled in; nil where a value is missing.
  package func filled(_ value: (String) -> String?) -> String? {
    // Most are one text, or one place and nothing else.
    if parts.count == 1 {
      switch parts[0] {
      case .text(let literal): return String(literal)
      case .name(let name): return value(String(name))
      }
    }
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .name(let name):
        guard let value = value(String(name)) else { return nil }
        text += value
      }
    }
    return text
  }
}

/// The fields of a request, as its JSON spells them.
package enum RequestField: String, CaseIterable, Sendable {
  case to, mediaUrl, mediaId, caption, filename, phoneNumberId
}
