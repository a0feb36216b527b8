/// Text with placeholders in braces. A placeholder names one value, or several separated by a bar; the first
/// known value is used: `{mediaUrl|mediaId}`.
package struct Template: Sendable {
  private enum Part {
    case text(Substring)
    case names([String])
  }

  private var parts: [Part] = []

  package init(_ text: String) {
    var rest = text[...]
    // Compares bytes, not characters: a brace followed by a combining mark is still a brace.
    while let open = rest.utf8.firstIndex(of: UInt8(ascii: "{")),
      let close = rest[open...].utf8.firstIndex(of: UInt8(ascii: "}"))
    {
      if open != rest.startIndex { parts.append(.text(rest[..<open])) }
      let names = rest[rest.utf8.index(after: open)..<close].split(separator: "|")
      parts.append(.names(names.map(String.init)))
      rest = rest[rest.utf8.index(after: close)...]
    }
    if !rest.isEmpty || parts.isEmpty { parts.append(.text(rest)) }
  }

  /// The names in braces.
  package var names: [String] {
    parts.flatMap { if case .names(let names) = $0 { names } else { [] as [String] } }
  }

  /// The text with every placeholder filled in; nil if a value is missing.
  package func filled(_ value: (String) -> String?) -> String? {
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .names(let names):
        guard let value = names.lazy.compactMap(value).first else { return nil }
        text += value
      }
    }
    return text
  }
}
