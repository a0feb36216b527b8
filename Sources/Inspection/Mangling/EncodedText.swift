// RFC 4648, 4 "Base 64 Encoding", 5 "Base 64 Encoding with URL and Filename Safe Alphabet", 8 "Base 16 Encoding";
// RFC 3986, 2.1 "Percent-Encoding".

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import PreflightBytes
internal import PreflightFormats

/// A text that consists of base64, with or without line ends.
struct Base64Text {
  /// The first bytes.
  let head: [UInt8]

  /// The shortest text that is taken for base64: no word is as long.
  private static let minimum = 24

  /// A word or an identifier without digits may be as long.
  private static let minimumWithoutDigits = 64

  /// Nil if the text is something else.
  init?(_ text: ArraySlice<UInt8>, isWhole: Bool) {
    // A JSON text escapes the slash.
    let lines = text.filter { $0 != 0x0a && $0 != 0x0d && $0 != UInt8(ascii: "\\") }
    let digits = lines.prefix { $0 != UInt8(ascii: "=") }
    let padding = lines.dropFirst(digits.count)
    guard padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }), isWhole || padding.isEmpty,
      digits.count >= Self.minimum,
      digits.allSatisfy({ Self.capitals ~= $0 || Self.smalls ~= $0 || Self.others.contains($0) }),
      digits.contains(where: { Self.capitals ~= $0 }), digits.contains(where: { Self.smalls ~= $0 }),
      digits.count >= Self.minimumWithoutDigits || digits.contains(where: Self.others.contains)
    else { return nil }
    let standard = String(decoding: digits.prefix(1024), as: UTF8.self)
      .replacing("-", with: "+").replacing("_", with: "/")
    // Whole groups of four digits.
    guard let data = Data(base64Encoded: String(standard.prefix(standard.count / 4 * 4))) else { return nil }
    head = Array(data)
  }

  private static let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
  private static let smalls = UInt8(ascii: "a")...UInt8(ascii: "z")
  /// The digits of both alphabets that aren't letters.
  private static let others = Set("0123456789+/-_".utf8)
}

/// A text that consists of hexadecimal digits: in a row, in groups, with `0x` or `\x`, or as a dump with offsets.
struct HexText {
  /// The first bytes.
  let head: [UInt8]

  private static let minimum = 16

  /// Nil if the text is something else.
  init?(_ text: [UInt8]) {
    let lines = text.split { $0 == 0x0a || $0 == 0x0d }.map { String(decoding: $0, as: UTF8.self) }
    guard let first = lines.first else { return nil }
    if let dump = Self.dumped(first) {
      head = dump
      return
    }
    var digits = ""
    for line in lines.prefix(32) {
      let words = line.split { " \t,;:-".contains($0) }
      for word in words {
        var word = word
        for prefix in ["0x", "0X", "\\x", "\\\\x"] where word.hasPrefix(prefix) {
          word = word.dropFirst(prefix.count)
        }
        guard word.allSatisfy(\.isHexDigit) else { return nil }
        digits += word
      }
    }
    // Numbers in decimal have no letters.
    guard digits.count >= Self.minimum, digits.contains(where: \.isLetter) || text.count > 256 else {
      return nil
    }
    head = Array(hexadecimal: String(digits.prefix(digits.count / 2 * 2))) ?? []
  }

  /// The bytes of a line of `xxd` or `hexdump -C`: `00000000: 2550 4446 …`.
  static func dumped(_ line: String) -> [UInt8]? {
    guard line.hasPrefix("0000000") else { return nil }
    let words = line.split(separator: " ").dropFirst()
    let digits = words.prefix { $0.count <= 4 && $0.allSatisfy(\.isHexDigit) }.joined()
    return digits.count >= 8 ? Array(hexadecimal: digits) : nil
  }
}

/// A text with percent-escapes in place of bytes, or with those of quoted-printable (RFC 2045, 6.7).
struct PercentText {
  /// The first bytes.
  let head: [UInt8]

  /// How many escapes stand for control characters that no text has.
  let controls: Int

  /// Nil if an escape is malformed, or there are fewer than three.
  ///
  /// - Parameter mark: What an escape begins with.
  init?(_ text: ArraySlice<UInt8>, mark: UInt8) {
    var bytes: [UInt8] = []
    var escapes = 0
    var controls = 0
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == mark else {
        bytes.append(byte)
        continue
      }
      // Lines of quoted-printable that go on end with the mark alone.
      if mark == UInt8(ascii: "="), let next = rest.first, next.isTextWhitespace {
        rest = rest.drop { $0.isTextWhitespace }
        continue
      }
      // The last escape may be cut.
      guard rest.count >= 2 else { break }
      guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit else {
        return nil
      }
      let value = high << 4 | low
      bytes.append(value)
      escapes += 1
      if value < 0x20, !value.isTextWhitespace, value != 0x1b { controls += 1 }
    }
    guard escapes >= 3 else { return nil }
    head = bytes
    self.controls = controls
  }
}
