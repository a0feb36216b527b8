/// The plain form of a JSON object (RFC 8259), in which nearly all requests come: its values are texts or
/// null, and no text has an escape. It is read in a tenth of the time that a decoder for all of JSON takes.
enum PlainObject {
  /// The members, in order; nil where the text is anything else, of which nothing is said.
  static func members(of text: [UInt8]) -> [(key: String, value: String?)]? {
    var scanner = Scanner(text: text)
    guard scanner.takes(UInt8(ascii: "{")) else { return nil }
    var members: [(key: String, value: String?)] = []
    repeat {
      guard let key = scanner.string(), !members.contains(where: { $0.key == key }),
        scanner.takes(UInt8(ascii: ":"))
      else { return nil }
      if scanner.takesNull() {
        members.append((key, nil))
      } else if let value = scanner.string() {
        members.append((key, value))
      } else {
        return nil
      }
    } while scanner.takes(UInt8(ascii: ","))
    return scanner.takes(UInt8(ascii: "}")) && scanner.isAtEnd ? members : nil
  }

  private struct Scanner {
    let text: [UInt8]
    private var position = 0

    init(text: [UInt8]) { self.text = text }

    /// Whether nothing but space is left.
    var isAtEnd: Bool { text[position...].allSatisfy(Self.isSpace) }

    /// Passes over a byte and the space before it, where it stands there.
    mutating func takes(_ byte: UInt8) -> Bool {
      skipSpace()
      guard position < text.count, text[position] == byte else { return false }
      position += 1
      return true
    }

    mutating func takesNull() -> Bool {
      skipSpace()
      guard text[position...].starts(with: "null".utf8) else { return false }
      position += 4
      return true
    }

    mutating func string() -> String? {
      guard takes(UInt8(ascii: "\"")) else { return nil }
      let start = position
      var isASCII = true
      while position < text.count, text[position] != UInt8(ascii: "\"") {
        if text[position] < 0x20 || text[position] == UInt8(ascii: "\\") { return nil }
        isASCII = isASCII && text[position] < 0x80
        position += 1
      }
      guard position < text.count else { return nil }
      defer { position += 1 }
      let content = text[start..<position]
      // ASCII needs no validating, which costs more than all else here.
      return isASCII ? String(decoding: content, as: UTF8.self) : String(validating: content, as: UTF8.self)
    }

    private mutating func skipSpace() {
      while position < text.count, Self.isSpace(text[position]) { position += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
      byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }
  }
}
