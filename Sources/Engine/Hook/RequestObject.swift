/// One JSON object (RFC 8259) as a line of the hook has it: members whose values are text, null or something else.
///
/// It is stricter than a general decoder. A key that comes twice is refused: readers differ in which value counts,
/// and what is checked must be what is sent. Values inside values are read past and not kept, so that no input
/// makes it recurse.
struct RequestObject {
  enum Value: Sendable {
    case text(String)
    case number
    case null
    /// True, false, an object or an array.
    case other
  }

  struct Member: Sendable {
    let key: String
    let value: Value
    /// The value as it was written.
    let written: ArraySlice<UInt8>
  }

  /// Why a line is no request.
  enum Invalid: Error, Hashable {
    /// It is not one whole JSON object.
    case notAnObject
    /// A key comes twice.
    case duplicateKey(String)
  }

  let members: [Member]

  init(parsing line: [UInt8]) throws(Invalid) {
    guard let members = RequestScanner.members(of: line) else { throw .notAnObject }
    var keys: Set<String> = []
    for member in members where !keys.insert(member.key).inserted { throw .duplicateKey(member.key) }
    self.members = members
  }

  /// The `id` as it was written; nil where there is none, or one that can't be given back.
  var id: String? {
    guard let id = members.first(where: { $0.key == "id" }) else { return nil }
    if case .other = id.value { return nil }
    return String(validating: id.written, as: UTF8.self)
  }
}

/// Reads a line from left to right. Whatever is not as the grammar wants ends it.
private struct RequestScanner {
  private struct Unexpected: Error {}

  private var rest: ArraySlice<UInt8>

  /// The members of the one object that a line is; nil where it is something else.
  static func members(of line: [UInt8]) -> [RequestObject.Member]? {
    var scanner = RequestScanner(rest: line[...])
    do throws(Unexpected) {
      let members = try scanner.object()
      scanner.skipSpace()
      return scanner.rest.isEmpty ? members : nil
    } catch { return nil }
  }

  private mutating func object() throws(Unexpected) -> [RequestObject.Member] {
    var members: [RequestObject.Member] = []
    try expect("{")
    if take("}") { return members }
    repeat {
      skipSpace()
      let key = try text()
      try expect(":")
      skipSpace()
      let start = rest
      let value = try value()
      members.append(.init(key: key, value: value, written: start[..<rest.startIndex]))
    } while take(",")
    try expect("}")
    return members
  }

  private mutating func value() throws(Unexpected) -> RequestObject.Value {
    switch rest.first {
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      try skipNested()
      return .other
    default: return try scalar()
    }
  }

  /// A number, or one of the three words.
  private mutating func scalar() throws(Unexpected) -> RequestObject.Value {
    if takeWord("null") { return .null }
    if takeWord("true") || takeWord("false") { return .other }
    try number()
    return .number
  }

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?` (section 6).
  private mutating func number() throws(Unexpected) {
    _ = takeByte("-")
    if !takeByte("0") { try digits() }
    if takeByte(".") { try digits() }
    if takeByte("e") || takeByte("E") {
      _ = takeByte("+") || takeByte("-")
      try digits()
    }
  }

  private mutating func digits() throws(Unexpected) {
    let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    if count == 0 { throw Unexpected() }
    rest = rest.dropFirst(count)
  }

  /// An object or an array, with all that is in it. What is open is kept in an array, not on the stack.
  private mutating func skipNested() throws(Unexpected) {
    // Whether each open value is an object, the innermost last.
    var open: [Bool] = []
    repeat {
      // A value begins here.
      if take("{") {
        open.append(true)
        if !take("}") {
          try key()
          continue
        }
        open.removeLast()
      } else if take("[") {
        open.append(false)
        if !take("]") { continue }
        open.removeLast()
      } else if rest.first == UInt8(ascii: "\"") {
        _ = try text()
      } else {
        _ = try scalar()
      }
      // A value ended here, and with it perhaps those around it.
      while let isObject = open.last {
        if take(",") {
          if isObject { try key() } else { skipSpace() }
          break
        }
        try expect(isObject ? "}" : "]")
        open.removeLast()
      }
    } while !open.isEmpty
  }

  private mutating func key() throws(Unexpected) {
    skipSpace()
    _ = try text()
    try expect(":")
    skipSpace()
  }

  /// A string (section 7). Half of a surrogate pair is no text.
  private mutating func text() throws(Unexpected) -> String {
    try expectByte("\"")
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Unexpected() }
        return text
      case UInt8(ascii: "\\"): bytes.append(contentsOf: try escape().utf8)
      case 0x00...0x1f: throw Unexpected()
      default: bytes.append(byte)
      }
    }
    throw Unexpected()
  }

  private mutating func escape() throws(Unexpected) -> Unicode.Scalar {
    switch rest.popFirst() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try codeUnit()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      try expectByte("\\")
      try expectByte("u")
      let second = try codeUnit()
      guard UTF16.isLeadSurrogate(unit), UTF16.isTrailSurrogate(second) else { throw Unexpected() }
      return UTF16.decode(UTF16.EncodedScalar([unit, second]))
    default: throw Unexpected()
    }
  }

  private mutating func codeUnit() throws(Unexpected) -> UInt16 {
    let digits = rest.prefix(4)
    rest = rest.dropFirst(4)
    // `+123` would be a number to Swift.
    guard digits.count == 4, digits.first != UInt8(ascii: "+"),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw Unexpected() }
    return unit
  }

  // MARK: Bytes

  private mutating func skipSpace() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
  }

  /// A sign with space before it.
  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipSpace()
    return takeByte(sign)
  }

  private mutating func takeByte(_ sign: Unicode.Scalar) -> Bool {
    guard let byte = rest.first, byte == UInt8(ascii: sign) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let isThere = word.withUTF8Buffer { rest.starts(with: $0) }
    if isThere { rest = rest.dropFirst(word.utf8CodeUnitCount) }
    return isThere
  }

  private mutating func expect(_ sign: Unicode.Scalar) throws(Unexpected) {
    if !take(sign) { throw Unexpected() }
  }

  private mutating func expectByte(_ sign: Unicode.Scalar) throws(Unexpected) {
    if !takeByte(sign) { throw Unexpected() }
  }
}
