import MediaPreflight

extension Proposal {
  /// The configuration as a file with a comment on each line. By the first, editors find the schema.
  package var text: String {
    let policies = Policy.builtInNames.joined(separator: ", ")
    return """
      #:schema https://github.com/preflight-media/preflight/raw/main/Schemas/preflight.schema.json
      # How preflight checks the files in this folder and below it.
      # Written by 'preflight init' from what it found in \(Self.files(fileCount)); change whatever doesn't fit.
      #
      # 'preflight config show FILE' says what holds for a file, and why; 'preflight config lint' checks this
      # text. A preflight.toml in a folder further down adds to this one and has the say over it.
      # What the command line says holds over both.

      # What the files are held against: \(policies),
      # or the path of a policy file.
      policy = "\(Policy.builtInNames.first ?? "")"

      # Let a warning reject as an error does.
      # strict = true

      # Let files of this name further up have no say here.
      # root = true

      # What is left out, written as in .gitignore, which is heeded too.
      ignore = \(ignoreText)

      # Where the files go: image, video, audio, document, sticker, or auto for what the bytes call for.
      # A glob holds for what it matches and, where that is a folder, for all that is in it. The last that
      # matches has the say. In place of an endpoint it may have settings of its own:
      # "promo/**" = { endpoint = "image", strict = true, severities = { extension-mismatch = "off" } }
      [files]
      \(filesText)
      # How grave a finding is: error, warning, note or off. 'preflight explain' lists the codes.
      [severities]
      \(severitiesText)
      """
  }

  private var ignoreText: String {
    if ignored.isEmpty { return "[]" }
    return "[\n" + Self.aligned(ignored.map { ("  \(Self.quoted($0.glob)),", $0.reason) }) + "]"
  }

  private var filesText: String {
    Self.aligned(
      endpoints.map { ("\(Self.quoted($0.line.glob)) = \"\($0.endpoint.rawValue)\"", $0.line.reason) })
  }

  private var severitiesText: String {
    let lines = codes.map { (code, count) in
      ("# \(code.rawValue) = \"error\"", "a warning; found in \(Self.files(count))")
    }
    return Self.aligned(lines)
  }

  /// Lines with their comments in one column.
  private static func aligned(_ lines: [(text: String, comment: String)]) -> String {
    let width = min(60, lines.map(\.text.count).max() ?? 0)
    return lines.map { line in
      line.text + String(repeating: " ", count: max(0, width - line.text.count)) + "  # \(line.comment)\n"
    }.joined()
  }

  /// A TOML string of one line.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      // What can't stand in a string, and what could turn the line around for whoever reads it.
      case _ where EscapedText.of(Array(String(scalar).utf8)) != String(scalar):
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
