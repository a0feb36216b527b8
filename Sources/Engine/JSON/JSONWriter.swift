/// Writes JSON text (RFC 8259) in the order in which it is told to, so that the same result is always
/// the same bytes.
package struct JSONWriter: Sendable {
  /// The text written so far, in UTF-8.
  package private(set) var bytes: [UInt8] = []

  private var needsComma = false

  /// Creates a writer of an empty text.
  package init() {
    // Most results are no longer than this, and needn't be moved while they grow.
    bytes.reserveCapacity(1024)
  }

  /// Ends a line (as NDJSON wants it after each value); what follows is a text of its own.
  package mutating func endLine() {
    bytes.append(0x0a)
    needsComma = false
  }

  /// Writes an object; `members` writes its members with ``member(_:_:)`` and its like.
  package mutating func object(_ members: (inout JSONWriter) -> Void) {
    separate()
    open(0x7b)
    members(&self)
    close(0x7d)
  }

  /// Writes an array; `elements` writes its values.
  package mutating func array(_ elements: (inout JSONWriter) -> Void) {
    separate()
    open(0x5b)
    elements(&self)
    close(0x5d)
  }

  /// Writes a member's key, in which nothing is to be escaped; exactly one value must follow.
  package mutating func key(_ key: StaticString) {
    separate()
    bytes.append(0x22)
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(0x22)
    bytes.append(0x3a)
  }

  /// Writes a member's key that is any text; exactly one value must follow.
  package mutating func key(named name: String) {
    string(name)
    bytes.append(0x3a)
    needsComma = false
  }

  /// Writes a member whose value is text, or null.
  package mutating func member(_ key: StaticString, _ value: String?) {
    self.key(key)
    if let value { string(value) } else { null() }
  }

  /// Writes a member whose value is a whole number, or null.
  package mutating func member(_ key: StaticString, _ value: (some BinaryInteger)?) {
    self.key(key)
    if let value { integer(value) } else { null() }
  }

  /// Writes null.
  package mutating func null() { word("null") }

  /// Writes true or false.
  package mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

  /// Writes a whole number.
  package mutating func integer(_ value: some BinaryInteger) {
    raw(String(value))
  }

  /// Writes a number in its shortest form that reads back the same; null where JSON has no such number.
  package mutating func number(_ value: Double) {
    if !value.isFinite { return null() }
    if let whole = Int(exactly: value) { integer(whole) } else { raw("\(value)") }
  }

  /// Writes text, with everything escaped that JSON wants escaped, and also U+2028 and U+2029, which
  /// older JavaScript takes for line ends, and DEL, the C1 controls and those that turn the direction of
  /// writing, which disturb a terminal.
  package mutating func string(_ value: String) {
    separate()
    bytes.append(0x22)
    if !appendPlain(value) { appendEscaped(value) }
    bytes.append(0x22)
    needsComma = true
  }

  /// Appends text in which nothing is to be escaped, as nearly all is; false where something is.
  private mutating func appendPlain(_ value: String) -> Bool {
    value.utf8.withContiguousStorageIfAvailable { text in
      guard text.allSatisfy({ 0x20..<0x7f ~= $0 && $0 != 0x22 && $0 != 0x5c && $0 != 0x23 }) else {
        return false
      }
      bytes.append(contentsOf: text)
      return true
    } ?? false
  }

  private mutating func appendEscaped(_ value: String) {
    var previous: UInt32 = 0
    for scalar in value.unicodeScalars {
      defer { previous = scalar.value }
      switch scalar.value {
      // A CI runner that shows the text takes `##vso[` or `##[` for a command, wherever in a line it is.
      case 0x23 where previous == 0x23: bytes.append(contentsOf: "\\u0023".utf8)
      case 0x22: bytes.append(contentsOf: [0x5c, 0x22])
      case 0x5c: bytes.append(contentsOf: [0x5c, 0x5c])
      case 0x0a: bytes.append(contentsOf: [0x5c, 0x6e])
      case 0x0d: bytes.append(contentsOf: [0x5c, 0x72])
      case 0x09: bytes.append(contentsOf: [0x5c, 0x74])
      case 0x20..<0x7f: bytes.append(UInt8(scalar.value))
      case _ where EscapedText.isControl(scalar):
        let hex = String(scalar.value, radix: 16)
        bytes.append(contentsOf: "\\u".utf8)
        bytes.append(contentsOf: repeatElement(0x30, count: 4 - hex.utf8.count))
        bytes.append(contentsOf: hex.utf8)
      default: bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
      }
    }
  }

  /// Writes a member whose value is an array of texts.
  package mutating func member(_ key: StaticString, _ values: some Sequence<String>) {
    self.key(key)
    array { json in for value in values { json.string(value) } }
  }

  /// Writes a value that is JSON already.
  mutating func written(_ json: String) { raw(json) }

  private mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func word(_ text: StaticString) {
    separate()
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2c) }
    needsComma = false
  }

  private mutating func open(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }
}
