/// Text as one word of a POSIX shell.
package enum ShellWord {
  /// Quotes only where it must, and as `$'…'` where the text has control characters or isn't UTF-8.
  package static func quoted(_ bytes: [UInt8]) -> String {
    guard let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: EscapedText.isControl)
    else {
      let inner = bytes.map { isPlain($0) ? String(Unicode.Scalar($0)) : EscapedText.escaped($0) }
      return "$'" + inner.joined() + "'"
    }
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// Quotes text.
  package static func quoted(_ text: String) -> String { quoted(Array(text.utf8)) }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "./_-+,@%:=".utf8.contains(byte)
    }
  }
}
