/// Reads the tokens of a TOML document: keys and values (TOML 1.0.0, "Keys" to "Inline Table").
struct TOMLScanner {
  /// Deeper nesting than this is a mistake, so that no text can exhaust the stack.
  private static let maximumDepth = 32

  /// The text in UTF-8, of which all that TOML gives a meaning is ASCII.
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var lineStart = 0
  /// How many scalars of the line are before an index, so that each byte is counted once.
  private var counted = (index: 0, scalars: 0)

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      index = 3
      lineStart = 3
    }
  }

  var isAtEnd: Bool { index >= bytes.count }

  /// The next byte as a scalar; a byte of a scalar beyond ASCII stands for itself and equals none that
  /// means anything.
  var peek: Unicode.Scalar? { index < bytes.count ? Unicode.Scalar(bytes[index]) : nil }

  var position: TOMLPosition {
    mutating get {
      if counted.index < lineStart { counted = (lineStart, 0) }
      // A column counts scalars: bytes that go on with one are not counted.
      while counted.index < min(index, bytes.count) {
        if bytes[counted.index] & 0xc0 != 0x80 { counted.scalars += 1 }
        counted.index += 1
      }
      return TOMLPosition(line: line, column: counted.scalars + 1)
    }
  }

  func has(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count - index >= count else { return false }
    for offset in 0..<count where bytes[index + offset] != text.utf8Start[offset] { return false }
    return true
  }

  mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where index < bytes.count {
      index += 1
      if bytes[index - 1] == UInt8(ascii: "\n") {
        line += 1
        lineStart = index
      }
    }
  }

  mutating func skipSpaces() {
    while let scalar = peek, scalar == " " || scalar == "\t" { advance() }
  }

  mutating func skipLine() {
    skipComment()
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
    index = bytes[min(index, bytes.count)...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
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
    var parts = [try keyPart()]
    while peek == "." {
      advance()
      let part = try keyPart()
      guard parts.count < Self.maximumDepth else { throw TOMLFailure(part.position, "nested too deeply") }
      parts.append(part)
    }
    return parts
  }

  private mutating func keyPart() throws(TOMLFailure) -> TOMLKeyPart {
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
    let start = index
    scan: while let scalar = peek {
      switch scalar {
      case " ", "\t", "\r", "\n", ",", "]", "}", "#", "=": break scan
      default: index += 1
      }
    }
    let characters = bytes[start..<index]
    // Most are a few digits and nothing else.
    if 1...9 ~= characters.count, characters.first != UInt8(ascii: "0") || characters.count == 1,
      characters.allSatisfy({ 0x30...0x39 ~= $0 })
    {
      return .integer(characters.reduce(0) { $0 * 10 + Int($1 & 15) })
    }
    let word = String(decoding: characters, as: UTF8.self)
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
    let first = index
    while let scalar = peek, scalar != "\n" {
      advance()
      if scalar == "'" { return String(decoding: bytes[first..<index - 1], as: UTF8.self) }
    }
    throw TOMLFailure(start, "the string is not closed on its line")
  }

  private mutating func basicString() throws(TOMLFailure) -> String {
    let start = position
    advance()
    // Up to an escape the text is what stands there.
    let plain = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"),
      bytes[index] != UInt8(ascii: "\n")
    { index += 1 }
    if peek == "\"" {
      advance()
      return String(decoding: bytes[plain..<index - 1], as: UTF8.self)
    }
    var text = Array(bytes[plain..<index])
    while let scalar = peek, scalar != "\n" {
      switch scalar {
      case "\"":
        advance()
        return String(decoding: text, as: UTF8.self)
      case "\\": text += try escape()
      default:
        text.append(bytes[index])
        advance()
      }
    }
    throw TOMLFailure(start, "the string is not closed on its line")
  }

  private mutating func multilineString(basic: Bool) throws(TOMLFailure) -> String {
    let start = position
    let mark: StaticString = basic ? "\"\"\"" : "'''"
    let quote: Unicode.Scalar = basic ? "\"" : "'"
    advance(3)
    if has("\r\n") { advance(2) } else if peek == "\n" { advance() }
    var text: [UInt8] = []
    while let scalar = peek {
      if has(mark) {
        advance(3)
        // Up to two more quotes belong to the text.
        for _ in 0..<2 where peek == quote {
          text.append(bytes[index])
          advance()
        }
        return String(decoding: text, as: UTF8.self)
      }
      if basic, scalar == "\\" {
        if skipLineContinuation() { continue }
        text += try escape()
      } else {
        text.append(bytes[index])
        advance()
      }
    }
    throw TOMLFailure(start, "the string is not closed")
  }

  /// Passes over a backslash at the end of a line and the white space after it; false where there is none.
  private mutating func skipLineContinuation() -> Bool {
    var end = index + 1
    while end < bytes.count, [0x20, 0x09, 0x0d].contains(bytes[end]) { end += 1 }
    guard end < bytes.count, bytes[end] == 0x0a else { return false }
    advance()
    while let scalar = peek, scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n" { advance() }
    return true
  }

  /// The bytes that an escape stands for.
  private mutating func escape() throws(TOMLFailure) -> [UInt8] {
    let start = position
    advance()
    let scalar = peek
    advance()
    switch scalar {
    case "b": return [0x08]
    case "t": return [0x09]
    case "n": return [0x0a]
    case "f": return [0x0c]
    case "r": return [0x0d]
    case "\"": return [0x22]
    case "\\": return [0x5c]
    case "u", "U":
      let count = scalar == "u" ? 4 : 8
      let digits = String(decoding: bytes[index...].prefix(count), as: UTF8.self)
      if digits.utf8.count == count, digits.allSatisfy(\.isHexDigit),
        let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code),
        let encoded = UTF8.encode(scalar)
      {
        advance(count)
        return Array(encoded)
      }
      fallthrough
    default: throw TOMLFailure(start, "the escape is not one that TOML knows")
    }
  }
}
