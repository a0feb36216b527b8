internal import SystemPackage
import MediaPreflight

/// Escapes untrusted text, such as file names and metadata, so that it can't change the output around it.
package enum VisibleText {
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

  /// A line, or the end of one, of a log that a CI runner reads.
  static func logLine(_ text: String) -> String { withoutCommands(oneLine(text)) }

  /// Text in which no CI runner finds a command anywhere in a line: GitHub's old ones and Azure's marks begin with `##[`,
  /// Azure's commands with `##vso[`, TeamCity's with `##teamcity[`. The bracket is escaped.
  static func withoutCommands(_ text: String) -> String { escaping(text, evenUnnamed: true) }

  /// The same, but for `##[`, which GitHub doesn't look for in its own commands and Azure only where a line begins.
  static func withoutNamedCommands(_ text: String) -> String { escaping(text, evenUnnamed: false) }

  private static func escaping(_ text: String, evenUnnamed: Bool) -> String {
    guard text.utf8.contains(UInt8(ascii: "#")) else { return text }
    var result: [UInt8] = []
    // How many number signs precede, and how many letters follow them.
    var (signs, letters) = (0, 0)
    for byte in text.utf8 {
      if byte == UInt8(ascii: "["), signs >= 2, letters > 0 || evenUnnamed {
        result += Array("\\x5b".utf8)
      } else {
        result.append(byte)
      }
      if byte == UInt8(ascii: "#") {
        signs = letters > 0 ? 1 : signs + 1
        letters = 0
      } else if signs > 0, byte.isASCIILetterOrDigit {
        letters += 1
      } else {
        (signs, letters) = (0, 0)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Lines of a log. A GitHub runner's commands begin with `::` after any spaces, so the second colon of such a line is
  /// escaped.
  package static func log(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let line = logLine(String(line))
      let spaces = line.prefix { $0 == " " }
      let rest = line.dropFirst(spaces.count)
      return rest.utf8.starts(with: "::".utf8) ? spaces + ":\\x3a" + rest.dropFirst(2) : line
    }.joined(separator: "\n")
  }

  /// A file's name at the start of a log line. A GitHub runner's commands begin with `::` after any spaces; `./` is added
  /// before such a name.
  static func heading(_ reference: Reference?) -> String {
    guard let display = reference?.display else { return "request" }
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
