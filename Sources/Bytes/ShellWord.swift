/// Text as one word of a POSIX shell.
package enum ShellWord {
  /// Quotes only if needed, and as `$'…'` (POSIX.1-2024, 2.2.4) if the text has control characters or isn't
  /// UTF-8.
  package static func quoted(_ bytes: [UInt8]) -> String {
    guard let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: EscapedText.isControl)
    else {
      return "$'" + bytes.map { isPlain($0) ? String(Unicode.Scalar($0)) : octal($0) }.joined() + "'"
    }
    if !bytes.isEmpty, bytes.allSatisfy(isPlain) { return text }
    // Compares scalars: a quote with a combining mark is one character, but still a quote for the shell.
    let inner = text.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }
    return "'" + inner.joined() + "'"
  }

  /// Quotes text.
  package static func quoted(_ text: String) -> String { quoted(Array(text.utf8)) }

  /// A byte as `\NNN`: shells disagree on how many digits belong to `\xNN`.
  private static func octal(_ byte: UInt8) -> String {
    "\\" + String(UInt16(byte) + 0o1000, radix: 8).dropFirst()
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "./_-+,@%:=".utf8.contains(byte)
    }
  }
}
