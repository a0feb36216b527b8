/// Bytes as readable text that is different for different bytes.
package enum EscapedText {
  /// The text. Bytes that aren't UTF-8, and control characters, become `\xNN`. A backslash becomes `\x5c` if
  /// the text already contains such an escape.
  package static func of(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isControl),
      !hasMarks(bytes)
    {
      return text
    }
    return escaped(bytes)
  }

  /// Control characters; bidirectional controls (Unicode's Bidi_Control), which can make one name look like
  /// another; and the noncharacters that XML can't contain.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfffe...0xffff:
      true
    default: false
    }
  }

  /// A byte as `\xNN`.
  static func escaped(_ byte: UInt8) -> String {
    "\\x" + String(UInt16(byte) + 0x100, radix: 16).dropFirst()
  }

  /// Whether the text contains what looks like an escape.
  private static func hasMarks(_ bytes: [UInt8]) -> Bool {
    guard bytes.contains(UInt8(ascii: "\\")) else { return false }
    let isHex = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
    return bytes.indices.dropLast(3).contains {
      bytes[$0] == UInt8(ascii: "\\") && bytes[$0 + 1] == UInt8(ascii: "x") && isHex(bytes[$0 + 2])
        && isHex(bytes[$0 + 3])
    }
  }

  private static func escaped(_ bytes: [UInt8]) -> String {
    var text = ""
    var rest = bytes[...]
    while let first = rest.first {
      var decoder = UTF8()
      var iterator = rest.makeIterator()
      if case .scalarValue(let scalar) = decoder.decode(&iterator), !isControl(scalar), scalar != "\\" {
        text.unicodeScalars.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else {
        text += escaped(first)
        rest = rest.dropFirst()
      }
    }
    return text
  }
}
