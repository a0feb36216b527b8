internal import PreflightFacts

/// Walks through the tags of a small piece of machine-written XML: only names and attributes. Malformed parts are skipped.
struct Markup {
  private let bytes: [UInt8]
  private var index = 0

  /// Whether nothing is left.
  var isAtEnd: Bool { index >= bytes.count }

  init(_ bytes: [UInt8]) {
    // UTF-16 contains the same ASCII with NULs in between, and nothing else matters here.
    let isUTF16 = bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
    self.bytes = isUTF16 ? bytes.filter { $0 != 0 } : bytes
  }

  /// A start tag or an empty element.
  struct Tag {
    let prefix: String
    let name: String
    fileprivate(set) var attributes: [(prefix: String, name: String, value: String)] = []

    /// The value of the attribute with this name.
    subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// The namespace of the element, if its own tag declares it.
    var namespace: String? {
      let declaration = prefix.isEmpty ? (prefix: "", name: "xmlns") : (prefix: "xmlns", name: prefix)
      return attributes.first { $0.prefix == declaration.prefix && $0.name == declaration.name }?.value
    }
  }

  mutating func nextTag() -> Tag? {
    while let open = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
      index = open + 1
      guard index < bytes.count else { return nil }
      switch bytes[index] {
      case UInt8(ascii: "!"): skipDeclaration()
      case UInt8(ascii: "?"), UInt8(ascii: "/"): skip(past: UInt8(ascii: ">"))
      default: return tag()
      }
    }
    return nil
  }

  private mutating func skip(past byte: UInt8) {
    index = bytes[index...].firstIndex(of: byte).map { $0 + 1 } ?? bytes.count
  }

  private mutating func skipDeclaration() {
    guard bytes[index...].starts(with: "!--".utf8) else { return skip(past: UInt8(ascii: ">")) }
    index += 3
    while index < bytes.count, !bytes[index...].starts(with: "-->".utf8) { index += 1 }
  }

  private mutating func tag() -> Tag {
    let name = name()
    var tag = Tag(prefix: name.prefix, name: name.name)
    while true {
      skipSpace()
      guard index < bytes.count, bytes[index] != UInt8(ascii: ">") else { return tag }
      let attribute = self.name()
      skipSpace()
      guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
        // The slash of an empty element, or a slip.
        if attribute.name.isEmpty, index < bytes.count { index += 1 }
        continue
      }
      index += 1
      skipSpace()
      tag.attributes.append((attribute.prefix, attribute.name, value()))
    }
  }

  private mutating func name() -> (prefix: String, name: String) {
    let first = index
    var start = index
    while index < bytes.count, Self.isNameByte(bytes[index]) {
      if bytes[index] == UInt8(ascii: ":") { start = index + 1 }
      index += 1
    }
    let prefix = bytes[first..<max(first, start - 1)]
    return (String(decoding: prefix, as: UTF8.self), String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func value() -> String {
    guard index < bytes.count else { return "" }
    let quote = bytes[index]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return "" }
    let start = index + 1
    let end = bytes[start...].firstIndex(of: quote) ?? bytes.count
    index = min(end + 1, bytes.count)
    return Self.resolving(String(decoding: bytes[start..<end], as: UTF8.self))
  }

  private mutating func skipSpace() {
    while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != UInt8(ascii: "=") && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "/")
      && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
  }

  /// The text with the five predefined entities resolved.
  private static func resolving(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var result = ""
    var rest = text[...]
    while let ampersand = rest.firstIndex(of: "&") {
      result += rest[..<ampersand]
      rest = rest[ampersand...]
      let entity = entities.first { rest.hasPrefix($0.name) }
      result += entity?.text ?? "&"
      rest = rest.dropFirst(entity?.name.count ?? 1)
    }
    return result + rest
  }

  private static let entities = [
    (name: "&amp;", text: "&"), (name: "&lt;", text: "<"), (name: "&gt;", text: ">"),
    (name: "&quot;", text: "\""), (name: "&apos;", text: "'"),
  ]
}
