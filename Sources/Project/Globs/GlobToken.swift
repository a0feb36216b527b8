/// One token of a glob within a name.
enum GlobToken {
  case byte(UInt8)
  /// `?`
  case anyByte
  /// `*`
  case star
  /// `[…]`
  indirect case set(ByteSet)

  var isStar: Bool { if case .star = self { true } else { false } }

  /// Whether the token matches a byte. A star is handled by the caller and matches none.
  func matches(_ byte: UInt8) -> Bool {
    switch self {
    case .byte(let own): own == byte
    case .anyByte: true
    case .star: false
    case .set(let set): set.contains(byte)
    }
  }

  /// Parses the next token of a pattern; nil at a slash and at the end.
  init?(_ rest: inout ArraySlice<UInt8>) throws(Glob.Broken) {
    guard let first = rest.first, first != UInt8(ascii: "/") else { return nil }
    rest = rest.dropFirst()
    switch first {
    case UInt8(ascii: "*"): self = .star
    case UInt8(ascii: "?"): self = .anyByte
    case UInt8(ascii: "["): self = .set(try ByteSet(&rest))
    case UInt8(ascii: "\\"):
      guard let escaped = rest.first else { throw Glob.Broken(reason: "it ends with a backslash") }
      if escaped == UInt8(ascii: "/") { return nil }
      rest = rest.dropFirst()
      self = .byte(escaped)
    default: self = .byte(first)
    }
  }
}

/// A set of bytes.
struct ByteSet: Sendable {
  private var low: (UInt64, UInt64) = (0, 0)
  private var high: (UInt64, UInt64) = (0, 0)

  func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: low.0
      case 1: low.1
      case 2: high.0
      default: high.1
      }
    return word >> UInt64(byte & 63) & 1 == 1
  }

  mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: low.0 |= bit
    case 1: low.1 |= bit
    case 2: high.0 |= bit
    default: high.1 |= bit
    }
  }

  /// Parses a set after `[` up to and including its `]`, as Git's wildmatch does. `]` is literal as the first character,
  /// `!` and `^` invert the set, and no set matches a slash.
  init(_ rest: inout ArraySlice<UInt8>) throws(Glob.Broken) {
    let unclosed = Glob.Broken(reason: "a [ is not closed")
    func take() throws(Glob.Broken) -> UInt8 {
      guard let byte = rest.popFirst() else { throw unclosed }
      return byte
    }
    var isInverted = false
    if let first = rest.first, first == UInt8(ascii: "!") || first == UInt8(ascii: "^") {
      isInverted = true
      rest = rest.dropFirst()
    }
    // The possible start of a range; nil if no range can start here.
    var previous: UInt8?
    var byte = try take()
    repeat {
      switch byte {
      case UInt8(ascii: "\\"):
        byte = try take()
        insert(byte)
        previous = byte
      case UInt8(ascii: "-") where previous != nil && rest.first != nil && rest.first != UInt8(ascii: "]"):
        var end = try take()
        if end == UInt8(ascii: "\\") { end = try take() }
        if let start = previous, start <= end { for byte in start...end { insert(byte) } }
        previous = nil
      case UInt8(ascii: "[") where rest.first == UInt8(ascii: ":"):
        guard let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "]")) else { throw unclosed }
        let name = rest[(rest.startIndex + 1)..<end]
        if name.last == UInt8(ascii: ":") {
          try insertClass(named: String(decoding: name.dropLast(), as: UTF8.self))
          rest = rest[(end + 1)...]
          previous = nil
        } else {
          insert(byte)
          previous = byte
        }
      default:
        insert(byte)
        previous = byte
      }
      byte = try take()
    } while byte != UInt8(ascii: "]")
    if isInverted {
      low = (~low.0, ~low.1)
      high = (~high.0, ~high.1)
    }
  }

  private mutating func insertClass(named name: String) throws(Glob.Broken) {
    guard let holds = Self.classes[name] else {
      throw Glob.Broken(reason: "unknown class [:\(name):]")
    }
    for byte in UInt8(0)..<128 where holds(byte) { insert(byte) }
  }

  private static let classes: [String: @Sendable (UInt8) -> Bool] = [
    "alnum": { isLetter($0) || isDigit($0) }, "alpha": isLetter,
    "blank": { $0 == 0x20 || $0 == 0x09 }, "cntrl": { $0 < 0x20 || $0 == 0x7f }, "digit": isDigit,
    "graph": { (0x21..<0x7f).contains($0) }, "lower": { (0x61...0x7a).contains($0) },
    "print": { (0x20..<0x7f).contains($0) },
    "punct": { (0x21..<0x7f).contains($0) && !isLetter($0) && !isDigit($0) },
    "space": { $0 == 0x20 || (0x09...0x0d).contains($0) }, "upper": { (0x41...0x5a).contains($0) },
    "xdigit": { isDigit($0) || (0x41...0x46).contains($0 & 0xdf) },
  ]

  @Sendable private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  @Sendable private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte & 0xdf) }
}
