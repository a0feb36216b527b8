internal import SystemPackage
import MediaPreflight

/// GitHub's workflow commands, which become annotations (docs.github.com, "Workflow commands").
///
/// GitHub shows ten annotations per level and step, and silently drops the rest. The first ten findings of each level
/// are therefore written as commands, at the end, sorted by severity. All other findings are written as plain log lines
/// right away. The last lines give their number.
struct GitHubReport: Report {
  private static let shownPerLevel = 10

  private var commands: [Severity: [String]] = [:]
  private var hidden: [Severity: Int] = [:]
  private let context: ReportContext

  init(_ context: ReportContext) { self.context = context }

  mutating func add(_ result: CheckResult, to output: inout [UInt8]) {
    for finding in result.findings {
      if commands[finding.severity, default: []].count < Self.shownPerLevel {
        commands[finding.severity, default: []].append(command(result, finding))
      } else {
        hidden[finding.severity, default: 0] += 1
        // The line starts with the severity, so a file name can't be parsed as a command.
        let name = result.reference?.display ?? "request"
        let line =
          "\(finding.severity.rawValue)[\(finding.code.rawValue)] \(name): \(result.message(of: finding))"
        output += Array((VisibleText.logLine(line) + "\n").utf8)
      }
    }
  }

  func finish(_ summary: Summary, to output: inout [UInt8]) {
    var text = Severity.allCases.flatMap { commands[$0] ?? [] }.joined()
    let parts = Severity.allCases.compactMap { severity in
      hidden[severity].map { $0 == 1 ? "1 \(severity.rawValue)" : "\($0) \(severity.rawValue)s" }
    }
    if !parts.isEmpty {
      text += "\(parts.joined(separator: ", ")) more, without an annotation; see the log above.\n"
    }
    let verdicts = "\(summary.accepted) accepted, \(summary.rejected) rejected"
    text += "\(summary.filesChecked): \(verdicts)\(summary.suffix).\n"
    output += Array(text.utf8)
  }

  private func command(_ result: CheckResult, _ finding: Finding) -> String {
    let level = finding.severity == .note ? "notice" : finding.severity.rawValue
    var properties: [String] = []
    if let reference = result.reference {
      let path = VisibleText.withoutNamedCommands(ProjectPath(reference, context).text)
      properties += ["file=\(Self.property(path))", "line=1"]
    }
    properties.append("title=\(Self.property(finding.code.rawValue))")
    func shown(_ text: String) -> String { VisibleText.withoutNamedCommands(VisibleText.oneLine(text)) }
    var message = shown(result.message(of: finding))
    if let offset = finding.offset { message += " At byte \(offset)." }
    if let remedy = finding.remedy { message += "\n\(shown(remedy))" }
    return "::\(level) \(properties.joined(separator: ","))::\(Self.data(message))\n"
  }

  /// Escapes the data after `::`: percent signs and line breaks. Other control characters have no escape, so they are
  /// shown as `\xNN`.
  private static func data(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "%": "%25"
      case "\r": "%0D"
      case "\n": "%0A"
      default:
        scalar.properties.generalCategory == .control ? VisibleText.oneLine(String(scalar)) : String(scalar)
      }
    }.joined()
  }

  /// Escapes a property's value, in which colons and commas are also escaped.
  private static func property(_ text: String) -> String {
    data(text).unicodeScalars.map { scalar in
      switch scalar {
      case ":": "%3A"
      case ",": "%2C"
      default: String(scalar)
      }
    }.joined()
  }
}
