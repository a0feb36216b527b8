internal import SystemPackage
import MediaPreflight

/// Escapes untrusted text, such as file names and metadata, so that it can't change the output around it.
enum VisibleText {
  /// Text on one line. Each byte of line breaks, control characters and bidirectional controls is shown as `\xNN`; other
  /// characters are unchanged.
  static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: EscapedText.isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if EscapedText.isControl(scalar) { result += hex(scalar) } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  /// A line, or the end of one, of a log that a GitHub runner reads. The runner's old commands begin with `##[` anywhere
  /// in a line, so `##[` is escaped.
  static func logLine(_ text: String) -> String {
    let line = oneLine(text)
    return line.utf8.contains(UInt8(ascii: "#")) ? replacing("##[", with: "##\\x5b", in: line) : line
  }

  /// A file's name at the start of a log line. A GitHub runner's commands begin with `::` after any spaces; `./` is added
  /// before such a name.
  static func heading(_ name: FilePath?) -> String {
    guard let display = name?.display else { return "request" }
    let isCommand = display.drop { $0 == " " }.utf8.starts(with: "::".utf8)
    return logLine(isCommand ? "./" + display : display)
  }

  /// Replaces every occurrence of a text.
  static func replacing(_ old: String, with new: String, in text: String) -> String {
    let pattern = Array(old.utf8)
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      if rest.starts(with: pattern) {
        result += Array(new.utf8)
        rest = rest.dropFirst(pattern.count)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf8.map { "\\x" + String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
  }
}
