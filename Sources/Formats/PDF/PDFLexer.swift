// ISO 32000-2:2020, 7.2 "Lexical conventions" and 7.3 "Objects".

internal import PreflightFacts
internal import PreflightBytes

/// Reads PDF objects from a run of bytes.
///
/// It throws `endOfData` if the run ends inside an object, `implausible` if there is no object, and `enough`
/// if objects are nested too deeply.
struct PDFLexer: ~Escapable {
  private let bytes: RawSpan
  private let base: UInt64

  /// Whether there is nothing after the run, so that a number at its end is not cut short.
  private let isWhole: Bool

  /// How many bytes have been read.
  private(set) var position = 0

  @_lifetime(copy span)
  init(_ span: ByteSpan, isWhole: Bool) {
    bytes = span.bytes
    base = span.base
    self.isWhole = isWhole
  }

  /// The file offset of the next byte.
  var offset: UInt64 { base + UInt64(position) }

  /// Whether everything has been read.
  var isAtEnd: Bool { position >= bytes.byteCount }

  /// The next byte, or the one `distance` after it.
  func peek(_ distance: Int = 0) -> UInt8? {
    let index = position + distance
    guard index < bytes.byteCount else { return nil }
    return bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
  }

  private var ended: ReadError { ReadError(.endOfData, at: base + UInt64(bytes.byteCount)) }
  private var nonsense: ReadError { ReadError(.implausible, at: offset) }

  /// Skips white space and comments (7.2.3, 7.2.4).
  mutating func skipWhitespace() {
    while let byte = peek() {
      if byte == UInt8(ascii: "%") {
        while let next = peek(), next != 0x0a, next != 0x0d { position += 1 }
      } else if byte.isPDFWhitespace {
        position += 1
      } else {
        return
      }
    }
  }

  /// Skips `word` if it is next, as a whole word.
  mutating func skipKeyword(_ word: StaticString) -> Bool {
    guard hasKeyword(word) else { return false }
    position += word.utf8CodeUnitCount
    return true
  }

  private func hasKeyword(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    for index in 0..<count where peek(index) != word.utf8Start[index] { return false }
    return peek(count)?.isPDFRegular != true
  }

  /// An integer without a sign, if one is next.
  mutating func unsignedInteger() -> UInt64? {
    var value: UInt64 = 0
    var index = 0
    while let digit = peek(index)?.pdfDigit {
      // Twenty digits allow for leading zeros; longer numbers aren't valid in a document.
      guard index < 20 else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
      if overflow || carry { return nil }
      value = sum
      index += 1
    }
    guard index > 0 else { return nil }
    position += index
    return value
  }

  /// The start of an indirect object, `N G obj` (7.3.10).
  mutating func objectHeader() -> PDFReference? {
    skipWhitespace()
    guard let number = unsignedInteger() else { return nil }
    skipWhitespace()
    guard let generation = unsignedInteger() else { return nil }
    skipWhitespace()
    // Some writers put the object right after the keyword: `1 0 obj<<`, `1 0 obj5`.
    guard peek() == 0x6f, peek(1) == 0x62, peek(2) == 0x6a else { return nil }
    position += 3
    return PDFReference(number: number, generation: generation)
  }

  /// Skips `stream` and its line end, where a stream's data begins (7.3.8.1).
  mutating func skipStreamKeyword() -> Bool {
    skipWhitespace()
    guard skipKeyword("stream") else { return false }
    if peek() == 0x20 { position += 1 }
    if peek() == 0x0d { position += 1 }
    if peek() == 0x0a { position += 1 }
    return true
  }

  /// The object that is next.
  mutating func object(depth: Int = 0) throws(ReadError) -> PDFObject {
    skipWhitespace()
    guard depth < Limits.PDF.nesting else { throw ReadError(.enough, at: offset) }
    guard let byte = peek() else { throw ended }
    switch byte {
    case UInt8(ascii: "/"):
      return .name(name())
    case UInt8(ascii: "("):
      return .string(try literalString())
    case UInt8(ascii: "<"):
      guard let next = peek(1) else { throw ended }
      if next != UInt8(ascii: "<") { return .string(try hexadecimalString()) }
      position += 2
      return .dictionary(try dictionary(depth: depth))
    case UInt8(ascii: "["):
      position += 1
      return .array(try array(depth: depth))
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      return try number()
    default:
      if skipKeyword("null") { return .null }
      if skipKeyword("true") { return .boolean(true) }
      if skipKeyword("false") { return .boolean(false) }
      throw bytes.byteCount - position < 5 ? ended : nonsense
    }
  }

  /// A number, or the reference that starts with it (7.3.3, 7.3.10).
  private mutating func number() throws(ReadError) -> PDFObject {
    let start = position
    if let number = unsignedInteger(), peek() != UInt8(ascii: ".") {
      let end = position
      skipWhitespace()
      if let generation = unsignedInteger() {
        skipWhitespace()
        if skipKeyword("R") {
          return .reference(PDFReference(number: number, generation: generation))
        }
      }
      // What has been looked at may be cut off just before the `R`.
      if isAtEnd, !isWhole { throw ended }
      position = end
      return Int(exactly: number).map(PDFObject.integer) ?? .real(wholePart: nil)
    }
    position = start
    var isNegative = false
    while let sign = peek(), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      if sign == UInt8(ascii: "-") { isNegative = true }
      position += 1
    }
    let value = unsignedInteger().flatMap { Int(exactly: $0) }.map { isNegative ? -$0 : $0 }
    if let value, peek() != UInt8(ascii: ".") { return .integer(value) }
    skipRegular()
    guard position > start else { throw nonsense }
    return .real(wholePart: value)
  }

  // MARK: What nobody asks for

  /// Skips the next object. Reads only what is needed to find its end.
  private mutating func skipObject(depth: Int) throws(ReadError) {
    skipWhitespace()
    guard depth < Limits.PDF.nesting else { throw ReadError(.enough, at: offset) }
    guard let byte = peek() else { throw ended }
    switch byte {
    case UInt8(ascii: "/"):
      position += 1
      skipRegular()
    case UInt8(ascii: "("):
      try skipLiteralString()
    case UInt8(ascii: "<"):
      guard let next = peek(1) else { throw ended }
      position += 1
      guard next == UInt8(ascii: "<") else { return try skip(upTo: UInt8(ascii: ">")) }
      position += 1
      try skipElements(upTo: UInt8(ascii: ">"), depth: depth)
      guard let last = peek() else { throw ended }
      guard last == UInt8(ascii: ">") else { throw nonsense }
      position += 1
    case UInt8(ascii: "["):
      position += 1
      try skipElements(upTo: UInt8(ascii: "]"), depth: depth)
    default:
      guard byte.isPDFRegular else { throw nonsense }
      // A reference is three words.
      while peek()?.isPDFRegular == true {
        skipRegular()
        skipWhitespace()
      }
    }
  }

  /// Skips the content of an array or dictionary, and the byte that ends it.
  private mutating func skipElements(upTo end: UInt8, depth: Int) throws(ReadError) {
    while true {
      skipWhitespace()
      guard let byte = peek() else { throw ended }
      if byte == end { break }
      try skipObject(depth: depth + 1)
    }
    position += 1
  }

  private mutating func skipRegular() {
    while let byte = peek(), byte.isPDFRegular { position += 1 }
  }

  private mutating func skip(upTo end: UInt8) throws(ReadError) {
    while let byte = peek(), byte != end { position += 1 }
    guard !isAtEnd else { throw ended }
    position += 1
  }

  private mutating func skipLiteralString() throws(ReadError) {
    var depth = 0
    while let byte = peek() {
      position += 1
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return }
      case UInt8(ascii: "\\"): position += 1
      default: break
      }
    }
    throw ended
  }

  // MARK: Objects

  /// The next key; nil for a key whose value isn't read.
  private mutating func key() -> PDFKey? {
    position += 1
    let start = position
    var name = PDFShortName()
    while let byte = peek(), byte.isPDFRegular {
      if byte == UInt8(ascii: "#") {
        position = start
        return escapedKey()
      }
      name.append(byte)
      position += 1
    }
    return PDFKey(name)
  }

  private mutating func escapedKey() -> PDFKey? {
    var name = PDFShortName()
    for character in escapedName() { name.append(character) }
    return PDFKey(name)
  }

  /// A name, with its `#xx` resolved (7.3.5).
  private mutating func name() -> String {
    position += 1
    let start = position
    while let byte = peek(), byte.isPDFRegular, byte != UInt8(ascii: "#") { position += 1 }
    guard peek() == UInt8(ascii: "#") else {
      return bytes.extracting(start..<position).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
    position = start
    return String(decoding: escapedName(), as: UTF8.self)
  }

  /// What is left of a name that has an `#xx` in it.
  private mutating func escapedName() -> [UInt8] {
    var characters: [UInt8] = []
    while let byte = peek(), byte.isPDFRegular {
      if byte == UInt8(ascii: "#"), let high = peek(1)?.hexadecimalDigit,
        let low = peek(2)?.hexadecimalDigit
      {
        characters.append(high << 4 | low)
        position += 3
      } else {
        characters.append(byte)
        position += 1
      }
    }
    return characters
  }

  /// A string in parentheses (7.3.4.2).
  private mutating func literalString() throws(ReadError) -> [UInt8] {
    position += 1
    var string: [UInt8] = []
    var depth = 1
    while let byte = peek() {
      position += 1
      switch byte {
      case UInt8(ascii: "("):
        depth += 1
        string.append(byte)
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return string }
        string.append(byte)
      case UInt8(ascii: "\\"):
        if let character = try escapedCharacter() { string.append(character) }
      case 0x0d:
        if peek() == 0x0a { position += 1 }
        string.append(0x0a)
      default:
        string.append(byte)
      }
    }
    throw ended
  }

  /// The character after a reverse solidus; nil for a line end, which it removes.
  private mutating func escapedCharacter() throws(ReadError) -> UInt8? {
    guard let byte = peek() else { throw ended }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return 0x0a
    case UInt8(ascii: "r"): return 0x0d
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0c
    case 0x0a: return nil
    case 0x0d:
      if peek() == 0x0a { position += 1 }
      return nil
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var code = byte - UInt8(ascii: "0")
      for _ in 0..<2 {
        guard let digit = peek()?.pdfDigit, digit < 8 else { break }
        // High-order overflow is ignored, as the specification requires.
        code = code << 3 | digit
        position += 1
      }
      return code
    default: return byte
    }
  }

  /// A string of hexadecimal digits (7.3.4.3).
  private mutating func hexadecimalString() throws(ReadError) -> [UInt8] {
    position += 1
    var string: [UInt8] = []
    string.reserveCapacity(16)
    var high: UInt8?
    while let byte = peek() {
      position += 1
      if byte == UInt8(ascii: ">") {
        if let high { string.append(high << 4) }
        return string
      }
      guard let digit = byte.hexadecimalDigit else { continue }
      if let first = high {
        string.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    throw ended
  }

  /// The content between `[` and `]` (7.3.6).
  private mutating func array(depth: Int) throws(ReadError) -> [PDFObject] {
    var elements: [PDFObject] = []
    while true {
      skipWhitespace()
      guard let byte = peek() else { throw ended }
      if byte == UInt8(ascii: "]") {
        position += 1
        return elements
      }
      elements.append(try object(depth: depth + 1))
    }
  }

  /// The content between `<<` and `>>` (7.3.7).
  private mutating func dictionary(depth: Int) throws(ReadError) -> PDFDictionary {
    var entries: [PDFDictionary.Entry] = []
    var isEmpty = true
    while true {
      skipWhitespace()
      guard let byte = peek() else { throw ended }
      if byte == UInt8(ascii: ">") {
        guard let next = peek(1) else { throw ended }
        guard next == UInt8(ascii: ">") else { throw nonsense }
        position += 2
        return PDFDictionary(entries, isEmpty: isEmpty)
      }
      guard byte == UInt8(ascii: "/") else { throw nonsense }
      let key = key()
      skipWhitespace()
      // Readers tolerate a key without a value at the end of a dictionary.
      if peek() == UInt8(ascii: ">"), peek(1) == UInt8(ascii: ">") { continue }
      isEmpty = false
      if let key {
        // Few dictionaries have more relevant keys.
        if entries.isEmpty { entries.reserveCapacity(4) }
        entries.append(PDFDictionary.Entry(key: key, value: try object(depth: depth + 1)))
      } else {
        try skipObject(depth: depth + 1)
      }
    }
  }
}
