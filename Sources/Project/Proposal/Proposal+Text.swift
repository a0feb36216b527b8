import MediaPreflight

extension Proposal {
  /// The configuration file's text, with comments. Editors find the schema by its first line.
  package var text: String {
    """
    #:schema https://github.com/preflight-media/preflight/raw/main/Schemas/preflight.schema.json
    # How preflight checks the files in this folder and below it.
    # Written by 'preflight init' from \(Self.files(fileCount)); edit as needed.
    #
    # 'preflight config show FILE' shows the settings of a file and where they come from. 'preflight config lint'
    # checks this file. A preflight.toml in a subfolder adds to this one and overrides it. Command-line options
    # override both.

    # The policy that files are checked against: one that 'preflight policy list' names, or the path of a policy file.
    policy = "\(Policy.builtInNames.first ?? "")"

    # Reject files with warnings too.
    # strict = true

    # Ignore configuration files in folders above this one.
    # root = true

    # Files to ignore, in the syntax of .gitignore. Files that Git ignores are also ignored.
    ignore = \(ignoreText)

    # The endpoint of each file: image, video, audio, document, sticker, or auto for the one that accepts the
    # file's type. A glob that matches a folder applies to everything in it. The last matching glob wins.
    # Instead of an endpoint, a glob can have its own settings:
    # "promo/**" = { endpoint = "image", strict = true, severities = { extension-mismatch = "off" } }
    [files]
    \(filesText)
    \(rejectionText)# The severity of each finding: error, warning, note or off. 'preflight explain' lists the codes.
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

  private var rejectionText: String {
    rejectionLines.map { "# \($0)\n" }.joined() + (rejectionLines.isEmpty ? "" : "\n")
  }

  /// How many files the proposed settings reject, and a line for each code; empty if they reject none.
  package var rejectionLines: [String] {
    guard rejectedCount > 0 else { return [] }
    let width = rejections.map(\.code.rawValue.count).max() ?? 0
    return ["\(rejectedCount) of \(Self.files(triedCount)) would be rejected:"]
      + rejections.map { code, count in
        let padding = String(repeating: " ", count: width - code.rawValue.count)
        return "  \(code.rawValue)\(padding)  \(Self.files(count))"
          + (code.explanation.map { ": \($0.title)" } ?? "")
      }
  }

  private var severitiesText: String {
    let lines = codes.map { (code, count) in
      ("# \(code.rawValue) = \"error\"", "default: warning; found in \(Self.files(count))")
    }
    return Self.aligned(lines)
  }

  /// Lines with their comments aligned.
  private static func aligned(_ lines: [(text: String, comment: String)]) -> String {
    let width = min(60, lines.map(\.text.count).max() ?? 0)
    return lines.map { line in
      line.text + String(repeating: " ", count: max(0, width - line.text.count)) + "  # \(line.comment)\n"
    }.joined()
  }

  /// A single-line TOML string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      switch scalar {
      // With `--stdout` the text is in a CI log, where `##vso[` begins a command.
      case "#" where previous == "#": result += "\\u0023"
      case "\"", "\\": result += "\\" + String(scalar)
      // Control characters, which TOML doesn't allow, and bidirectional controls, which would confuse readers.
      case _ where EscapedText.of(Array(String(scalar).utf8)) != String(scalar):
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
