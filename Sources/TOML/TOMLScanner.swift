/// Reads the tokens of a TOML document: keys and values (TOML 1.0.0, "Keys" to "Inline Table").
///
/// An error after which the end of the token is clear is reported, and reading continues after the token. Any
/// other error is thrown.
struct TOMLScanner {
  static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  /// Deeper nesting is an error, so that no text can exhaust the stack.
  private static let maximumDepth = 64

  /// The text in UTF-8. All of TOML's syntax is ASCII.
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var lineStart = 0
  /// How many scalars of the line precede an index, so that each byte is counted once.
  private var counted = (index: 0, scalars: 0)

  private(set) var mistakes: [Mistake] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: Self.byteOrderMark) {
      index = Self.byteOrderMark.count
      lineStart = index
    }
  }

  var isAtEnd: Bool { index >= bytes.count }

  /// The next byte as a scalar; a byte of a scalar beyond ASCII equals no significant character.
  var peek: Unicode.Scalar? { index < bytes.count ? Unicode.Scalar(bytes[index]) : nil }

  var position: TOMLPosition {
    mutating get {
      if counted.index < lineStart { counted = (lineStart, 0) }
      // A column counts scalars: continuation bytes aren't counted.
      while counted.index < min(index, bytes.count) {
        if bytes[counted.index] & 0xc0 != 0x80 { counted.scalars += 1 }
        counted.index += 1
      }
      return TOMLPosition(line: line, column: counted.scalars + 1)
    }
  }

  func has(_ text: String) -> Bool { bytes[min(index, bytes.count)...].starts(with: text.utf8) }

  mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where index < bytes.count {
      index += 1
      if bytes[index - 1] == UInt8(ascii: "\n") {
        line += 1
        lineStart = index
      }
    }
  }

  // MARK: Errors

  mutating func report(_ position: TOMLPosition, _ message: String) {
    mistakes.add(Mistake(position, message))
  }

  mutating func report(_ failure: TOMLFailure) { report(failure.position, failure.message) }

  /// The error that something else was expected.
  mutating func expected(_ what: String) -> TOMLFailure {
    let found =
      if isAtEnd {
        "the end of the file"
      } else if isAtLineEnd {
        "the end of the line"
      } else {
        "'\(nextCharacter)'"
      }
    return TOMLFailure(position, "expected \(what), found \(found)")
  }

  /// The next scalar, for messages.
  private var nextCharacter: String {
    String(String(decoding: bytes[index...].prefix(4), as: UTF8.self).unicodeScalars.prefix(1))
  }

  // MARK: Spaces and line ends

  mutating func skipSpaces() {
    while let scalar = peek, scalar == " " || scalar == "\t" { index += 1 }
  }

  /// Skips the rest of the line.
  mutating func skipLine() {
    index = bytes[min(index, bytes.count)...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    advance()
  }

  /// Skips spaces, comments and line ends.
  mutating func skipBlankLines() {
    repeat {
      skipSpaces()
      skipComment()
    } while skipLineEnd()
  }

  /// Whether the line ends here. A lone carriage return doesn't end a line.
  private var isAtLineEnd: Bool { has("\n") || has("\r\n") }

  /// Skips a line end; false if there is none.
  private mutating func skipLineEnd() -> Bool {
    guard isAtLineEnd else { return false }
    advance(peek == "\r" ? 2 : 1)
    return true
  }

  private mutating func skipComment() {
    guard peek == "#" else { return }
    while !isAtEnd {
      if Self.isControl(bytes[index]) {
        if isAtLineEnd { return }
        reportControlCharacter()
      }
      index += 1
    }
  }

  mutating func expectEndOfLine() throws(TOMLFailure) {
    skipSpaces()
    skipComment()
    guard skipLineEnd() || isAtEnd else { throw expected("the end of the line") }
  }

  /// Whether a byte is a control character that is never allowed: all ASCII control characters except the
  /// tab.
  private static func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7f
  }

  private mutating func reportControlCharacter() {
    report(position, "invalid control character \(Unicode.Scalar(bytes[index]).codeName)")
  }

  // MARK: Keys

  mutating func key() throws(TOMLFailure) -> [TOMLKeyPart] {
    var parts = [try keyPart()]
    while peek == "." {
      advance()
      let part = try keyPart()
      guard parts.count < Self.maximumDepth else { throw Self.tooDeep(part.position) }
      parts.append(part)
    }
    return parts
  }

  private mutating func keyPart() throws(TOMLFailure) -> TOMLKeyPart {
    skipSpaces()
    let position = position
    let name: String
    switch peek {
    case "\"", "'": name = try string(isMultiline: false)
    default:
      name = bareWord()
      if name.isEmpty { throw expected("a key") }
    }
    skipSpaces()
    return TOMLKeyPart(name: name, position: position)
  }

  private mutating func bareWord() -> String {
    let start = index
    while let scalar = peek {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-": index += 1
      default: return String(decoding: bytes[start..<index], as: UTF8.self)
      }
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  mutating func expectEquals() throws(TOMLFailure) {
    guard peek == "=" else { throw expected("'=' after the key") }
    advance()
    skipSpaces()
  }

  private static func tooDeep(_ position: TOMLPosition) -> TOMLFailure {
    TOMLFailure(position, "more than \(maximumDepth) levels of nesting")
  }

  // MARK: Values

  /// Reads a value; nil if it was reported as invalid.
  ///
  /// - Parameter depth: How many tables and arrays the value is in.
  mutating func value(depth: Int) throws(TOMLFailure) -> TOMLNode? {
    let position = position
    guard depth <= Self.maximumDepth else { throw Self.tooDeep(position) }
    let value: TOMLValue? =
      switch peek {
      case "\"": .string(try string(isMultiline: has("\"\"\"")))
      case "'": .string(try string(isMultiline: has("'''")))
      case "[": .array(try array(depth: depth))
      case "{": .table(try inlineTable(depth: depth))
      default: try plainValue()
      }
    return value.map { TOMLNode(value: $0, position: position) }
  }

  private mutating func array(depth: Int) throws(TOMLFailure) -> [TOMLNode] {
    advance()
    var nodes: [TOMLNode] = []
    while true {
      skipBlankLines()
      if peek == "]" { break }
      if let node = try value(depth: depth + 1) { nodes.append(node) }
      skipBlankLines()
      guard peek == "," else { break }
      advance()
    }
    guard peek == "]" else { throw expected("',' or ']' in the array") }
    advance()
    return nodes
  }

  private mutating func inlineTable(depth: Int) throws(TOMLFailure) -> TOMLTable {
    advance()
    skipSpaces()
    var table = TOMLTable()
    if peek != "}" {
      while true {
        let keys = try key()
        try expectEquals()
        if let node = try value(depth: depth + keys.count) {
          do { try table.insert(node, keys: keys[...]) } catch { report(error) }
        }
        skipSpaces()
        guard peek == "," else { break }
        advance()
      }
    }
    guard peek == "}" else { throw expected("',' or '}' in the inline table") }
    advance()
    table.origin = .inline
    return table
  }

  /// Reads a boolean or a number: a value without quotes or brackets.
  private mutating func plainValue() throws(TOMLFailure) -> TOMLValue? {
    let position = position
    let characters = plainText { " \t\r\n,[]{}#=\"'".utf8.contains($0) }
    guard let first = characters.first else { throw expected("a value") }
    if characters.elementsEqual("true".utf8) { return .boolean(true) }
    if characters.elementsEqual("false".utf8) { return .boolean(false) }
    let reading = TOMLNumber.read(characters)
    if case .value(let value) = reading { return value }
    // Without quotes, the value may be several words, and a date may have a space before its time.
    index = characters.startIndex
    let text = String(decoding: plainText { "\r\n,]}#".utf8.contains($0) }, as: UTF8.self)
    if TOMLNumber.looksLikeDateOrTime(characters) {
      report(position, "dates and times are not supported")
    } else if case .outOfRange = reading {
      report(position, "the integer '\(text)' doesn't fit in 64 bits")
    } else if TOMLNumber.isDigit(first) || "+-.".utf8.contains(first) {
      report(position, "invalid number '\(text)'")
    } else {
      report(position, "invalid value '\(text)'; strings need quotes")
    }
    return nil
  }

  /// Reads up to a byte that ends a value, without trailing spaces.
  private mutating func plainText(endsAt isEnd: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let text = bytes[index...].prefix { !isEnd($0) }
    index = text.endIndex
    guard let last = text.lastIndex(where: { !" \t".utf8.contains($0) }) else { return text.prefix(0) }
    return text[...last]
  }

  // MARK: Strings

  /// Reads a string of any of the four forms; the next byte is its quote.
  private mutating func string(isMultiline: Bool) throws(TOMLFailure) -> String {
    let start = position
    let quote = bytes[index]
    advance(isMultiline ? 3 : 1)
    // A line end right after the opening quotes isn't part of the text.
    if isMultiline { _ = skipLineEnd() }
    var text: [UInt8] = []
    while true {
      // Up to the next of these characters, the text is literal.
      let plain = index
      while index < bytes.count, bytes[index] != quote, bytes[index] != UInt8(ascii: "\\"),
        !Self.isControl(bytes[index])
      { index += 1 }
      text += bytes[plain..<index]
      guard !isAtEnd, isMultiline || !isAtLineEnd else {
        throw TOMLFailure(start, isMultiline ? "unterminated string" : "unterminated string on this line")
      }
      switch bytes[index] {
      case quote:
        let quotes = isMultiline ? bytes[index...].prefix(5).prefix { $0 == quote }.count : 1
        index += quotes
        guard isMultiline else { return String(decoding: text, as: UTF8.self) }
        // Up to two quotes before the closing three belong to the text.
        guard quotes >= 3 else {
          text += Array(repeating: quote, count: quotes)
          continue
        }
        text += Array(repeating: quote, count: quotes - 3)
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        if quote == UInt8(ascii: "'") {
          text.append(bytes[index])
          index += 1
        } else if !isMultiline || !skipLineContinuation() {
          readEscape(into: &text)
        }
      default:
        if isMultiline, skipLineEnd() {
          // Line ends are normalized.
          text.append(UInt8(ascii: "\n"))
        } else {
          reportControlCharacter()
          index += 1
        }
      }
    }
  }

  /// Skips a backslash at the end of a line and the white space after it; false if there is none.
  private mutating func skipLineContinuation() -> Bool {
    let start = index
    index += 1
    skipSpaces()
    guard skipLineEnd() else {
      index = start
      return false
    }
    repeat { skipSpaces() } while skipLineEnd()
    return true
  }

  /// Reads an escape and appends the character that it encodes.
  private mutating func readEscape(into text: inout [UInt8]) {
    let start = position
    index += 1
    let escape = peek
    switch escape {
    case "b": text.append(0x08)
    case "t": text.append(0x09)
    case "n": text.append(0x0a)
    case "f": text.append(0x0c)
    case "r": text.append(0x0d)
    case "\"": text.append(0x22)
    case "\\": text.append(0x5c)
    case "u", "U":
      let count = escape == "u" ? 4 : 8
      let digits = bytes[(index + 1)...].prefix(count).prefix {
        Unicode.Scalar($0).properties.isASCIIHexDigit
      }
      index += 1 + digits.count
      let name = String(decoding: digits, as: UTF8.self)
      guard digits.count == count, let code = UInt32(name, radix: 16) else {
        return report(start, "invalid escape; expected \(count) hexadecimal digits")
      }
      guard let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) else {
        return report(start, "invalid escape; U+\(name) is not a Unicode scalar value")
      }
      text += encoded
      return
    default:
      // A line end is left to the string, which it may end.
      guard !isAtEnd, !Self.isControl(bytes[index]) else { return report(start, "invalid escape") }
      report(start, "invalid escape '\\\(nextCharacter)'")
    }
    index += 1
  }
}

/// One part of a dotted key.
struct TOMLKeyPart {
  let name: String
  let position: TOMLPosition
}

/// An error on its way to the place where parsing continues.
struct TOMLFailure: Error {
  let position: TOMLPosition
  let message: String

  init(_ position: TOMLPosition, _ message: String) {
    self.position = position
    self.message = message
  }
}
