// RFC 4648, 4 "Base 64 Encoding", 5 "Base 64 Encoding with URL and Filename Safe Alphabet", 8 "Base 16 Encoding".

internal import PreflightFormats

/// A text that consists of base64, with or without line ends.
struct Base64Text {
  /// The first bytes, decoded; nil if there are too few characters for one.
  let head: [UInt8]?

  /// The shortest text that is taken for base64: no word is as long.
  private static let minimum = 24

  /// Nil if the text is something else.
  init?(_ text: ArraySlice<UInt8>, isWhole: Bool) {
    var values: [UInt8] = []
    var padding = 0
    for byte in text {
      if byte == 0x0a || byte == 0x0d { continue }
      // A JSON text escapes the slash.
      if byte == UInt8(ascii: "\\") { continue }
      if byte == UInt8(ascii: "=") {
        padding += 1
      } else if padding == 0, let value = Self.value(of: byte) {
        values.append(value)
      } else {
        return nil
      }
    }
    guard values.count >= Self.minimum, padding <= 2, isWhole || padding == 0 else { return nil }
    // A long word or an identifier has letters of one case only, or a hyphen between its words.
    let hasBothCases = values.contains { $0 < 26 } && values.contains { (26..<52).contains($0) }
    let hasOthers = values.contains { $0 >= 52 }
    guard hasBothCases, hasOthers || values.count >= 64 else { return nil }
    head = Self.decoded(values.prefix(1024))
  }

  private static func decoded(_ values: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for value in values {
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return bytes
  }

  private static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}

/// A text that consists of hexadecimal digits: in a row, in groups, with `0x` or `\x`, or as a dump with offsets.
struct HexText {
  /// The first bytes.
  let head: [UInt8]

  private static let minimum = 16

  /// Nil if the text is something else.
  init?(_ text: [UInt8], isWhole: Bool) {
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
    head = Self.bytes(digits)
  }

  /// The bytes of the first line of `xxd` or `hexdump -C`: `00000000: 2550 4446 …`.
  private static func dumped(_ line: String) -> [UInt8]? {
    guard line.hasPrefix("0000000") else { return nil }
    let words = line.split(separator: " ").dropFirst()
    let digits = words.prefix { $0.count <= 4 && $0.allSatisfy(\.isHexDigit) }.joined()
    return digits.count >= 8 ? bytes(digits) : nil
  }

  private static func bytes(_ digits: String) -> [UInt8] {
    let values = digits.compactMap { $0.hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }
}
