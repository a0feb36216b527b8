/// Reads the tokens of a TOML document: keys and values (TOML 1.0.0, "Keys" to "Inline Table").
struct TOMLScanner {
  /// Deeper nesting than this is a mistake, so that no text can exhaust the stack.
  private static let maximumDepth = 32

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: String) {
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{feff}" { scalars.removeFirst() }
    self.scalars = scalars
  }

  var isAtEnd: Bool { index >= scalars.count }

  var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  var position: TOMLPosition { TOMLPosition(line: line, column: index - lineStart + 1) }

  func has(_ text: String) -> Bool {
    var at = index
    for scalar in text.unicodeScalars {
      guard at < scalars.count, scalars[at] == scalar else { return false }
      at += 1
    }
    return true
  }

  mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where index < scalars.count {
      index += 1
      if scalars[index - 1] == "\n" {
        line += 1
        lineStart = index
      }
    }
  }

  mutating func skipSpaces() {
    while let scalar = peek, scalar == " " || scalar == "\t" { advance() }
  }

  mutating func skipLine() {
    while let scalar = peek, scalar != "\n" { advance() }
    advance()
  }

  /// Passes over spaces, comments and line ends.
  mutating func skipBlankLines() {
    while let scalar = peek {
      switch scalar {
      case " ", "\t", "\r", "\n": advance()
      case "#": skipComment()
      default: return
      }
    }
  }

  private mutating func skipComment() {
    while let scalar = peek, scalar != "\n" { advance() }
  }

  mutating func expect(_ scalar: Unicode.Scalar, _ message: String) throws(TOMLFailure) {
    skipSpaces()
    guard peek == scalar else { throw TOMLFailure(position, message) }
    advance()
    skipSpaces()
  }

  mutating func expectEndOfLine() throws(TOMLFailure) {
    skipSpaces()
    if peek == "#" { skipComment() }
    if peek == "\r" { advance() }
    guard isAtEnd || peek == "\n" else {
      throw TOMLFailure(position, "expected the end of the line")
    }
    advance()
  }

  // MARK: Keys

  mutating func key() throws(TOMLFailure) -> [TOMLKeyPart] {
    var parts: [TOMLKeyPart] = []
    repeat {
      if !parts.isEmpty { advance() }
      skipSpaces()
      let position = position
      let name: String
      switch peek {
      case "\"": name = try basicString()
      case "'": name = try literalString()
      default:
        name = bareWord()
        if name.isEmpty { throw TOMLFailure(position, "expected a key") }
      }
      parts.append(TOMLKeyPart(name: name, position: position))
      guard parts.count <= Self.maximumDepth else { throw TOMLFailure(position, "nested too deeply") }
      skipSpaces()
    } while peek == "."
    return parts
  }

  private mutating func bareWord() -> String {
    var word = String.UnicodeScalarView()
    while let scalar = peek {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-":
        word.append(scalar)
        advance()
      default: return String(word)
      }
    }
    return String(word)
  }

  // MARK: Values

  mutating func value(depth: Int) throws(TOMLFailure) -> TOMLNode {
    let position = position
    guard depth < Self.maximumDepth else { throw TOMLFailure(position, "nested too deeply") }
    switch peek {
    case "\"":
      let text = has("\"\"\"") ? try multilineString(basic: true) : try basicString()
      return TOMLNode(value: .string(text), position: position)
    case "'":
      let text = has("'''") ? try multilineString(basic: false) : try literalString()
      return TOMLNode(value: .string(text), position: position)
    case "[": return TOMLNode(value: .array(try array(depth: depth)), position: position)
    case "{": return TOMLNode(value: .table(try inlineTable(depth: depth)), position: position)
    default: return TOMLNode(value: try number(), position: position)
    }
  }

  private mutating func array(depth: Int) throws(TOMLFailure) -> [TOMLNode] {
    advance()
    var nodes: [TOMLNode] = []
    while true {
      skipBlankLines()
      if peek == "]" { break }
      nodes.append(try value(depth: depth + 1))
      skipBlankLines()
      if peek == "," { advance() } else { break }
    }
    guard peek == "]" else { throw TOMLFailure(position, "expected , or ] in the array") }
    advance()
    return nodes
  }

  private mutating func inlineTable(depth: Int) throws(TOMLFailure) -> TOMLTable {
    advance()
    var pairs: [(keys: [TOMLKeyPart], node: TOMLNode)] = []
    skipSpaces()
    while peek != "}" {
      let keys = try key()
      try expect("=", "expected = after the key")
      pairs.append((keys, try value(depth: depth + 1)))
      skipSpaces()
      guard peek == "," else { break }
      advance()
      skipSpaces()
    }
    guard peek == "}" else { throw TOMLFailure(position, "expected , or } in the inline table") }
    advance()
    return try .inline(pairs)
  }

  private mutating func number() throws(TOMLFailure) -> TOMLValue {
    let position = position
    var word = ""
    while let scalar = peek, !" \t\r\n,]}#=".unicodeScalars.contains(scalar) {
      word.unicodeScalars.append(scalar)
      advance()
    }
    switch word {
    case "": throw TOMLFailure(position, "expected a value")
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "inf", "+inf": return .float(.infinity)
    case "-inf": return .float(-.infinity)
    case "nan", "+nan", "-nan": return .float(.nan)
    default: break
    }
    let wellSpaced =
      !word.hasPrefix("_") && !word.hasSuffix("_") && !word.contains("__")
      && !word.contains("._") && !word.contains("_.")
    let digits = word.filter { $0 != "_" }
    if wellSpaced {
      for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
        if let value = Int(digits.dropFirst(2), radix: radix), value >= 0 { return .integer(value) }
      }
      let unsigned = digits.drop { $0 == "+" || $0 == "-" }
      let padded = unsigned.count > 1 && unsigned.first == "0" && unsigned.dropFirst().first?.isNumber == true
      if !padded, digits.count - unsigned.count <= 1, unsigned.first?.isNumber == true {
        if let value = Int(digits) { return .integer(value) }
        if unsigned.last?.isNumber == true, unsigned.contains(where: { ".eE".contains($0) }),
          let value = Double(digits)
        {
          return .float(value)
        }
      }
    }
    throw TOMLFailure(position, "'\(word)' is no value: text wants quotes, and dates have no use here")
  }

  // MARK: Strings

  private mutating func literalString() throws(TOMLFailure) -> String {
    let start = position
    advance()
    var text = String.UnicodeScalarView()
    while let scalar = peek, scalar != "\n" {
      advance()
      if scalar == "'" { return String(text) }
      text.append(scalar)
    }
    throw TOMLFailure(start, "the string is not closed on its line")
  }

  private mutating func basicString() throws(TOMLFailure) -> String {
    let start = position
    advance()
    var text = String.UnicodeScalarView()
    while let scalar = peek, scalar != "\n" {
      switch scalar {
      case "\"":
        advance()
        return String(text)
      case "\\": text.append(try escape())
      default:
        text.append(scalar)
        advance()
      }
    }
    throw TOMLFailure(start, "the string is not closed on its line")
  }

  private mutating func multilineString(basic: Bool) throws(TOMLFailure) -> String {
    let start = position
    let mark = basic ? "\"\"\"" : "'''"
    advance(3)
    if has("\r\n") { advance(2) } else if peek == "\n" { advance() }
    var text = String.UnicodeScalarView()
    while let scalar = peek {
      if has(mark) {
        advance(3)
        // Up to two more quotes belong to the text.
        let quote: Unicode.Scalar = basic ? "\"" : "'"
        for _ in 0..<2 where peek == quote {
          text.append(quote)
          advance()
        }
        return String(text)
      }
      if basic, scalar == "\\" {
        if skipLineContinuation() { continue }
        text.append(try escape())
      } else {
        text.append(scalar)
        advance()
      }
    }
    throw TOMLFailure(start, "the string is not closed")
  }

  /// Passes over a backslash at the end of a line and the white space after it; false where there is none.
  private mutating func skipLineContinuation() -> Bool {
    var at = index + 1
    while at < scalars.count, scalars[at] == " " || scalars[at] == "\t" || scalars[at] == "\r" { at += 1 }
    guard at < scalars.count, scalars[at] == "\n" else { return false }
    advance()
    while let scalar = peek, " \t\r\n".unicodeScalars.contains(scalar) { advance() }
    return true
  }

  private mutating func escape() throws(TOMLFailure) -> Unicode.Scalar {
    let start = position
    advance()
    let scalar = peek
    advance()
    switch scalar {
    case "b": return "\u{8}"
    case "t": return "\t"
    case "n": return "\n"
    case "f": return "\u{c}"
    case "r": return "\r"
    case "\"": return "\""
    case "\\": return "\\"
    case "u", "U":
      let count = scalar == "u" ? 4 : 8
      let digits = String(String.UnicodeScalarView(scalars[index...].prefix(count)))
      if digits.unicodeScalars.count == count, digits.allSatisfy(\.isHexDigit),
        let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
      {
        advance(count)
        return scalar
      }
      fallthrough
    default: throw TOMLFailure(start, "the escape is not one that TOML knows")
    }
  }
}
