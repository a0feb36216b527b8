import MediaPreflight

/// Text for people: each file with what is wrong with it, and a line that sums up.
struct HumanReport: Report {
  private let context: ReportContext

  init(_ context: ReportContext) { self.context = context }

  func add(_ result: CheckResult, to output: inout [UInt8]) {
    if context.isQuiet, result.findings.isEmpty { return }
    var text = heading(result) + "\n"
    for finding in result.findings { text += describe(finding) }
    if !result.alternatives.isEmpty, result.verdict == .rejected {
      text += line("would be taken as: ", result.alternatives.map(\.rawValue).joined(separator: ", "))
    }
    output += Array(text.utf8)
  }

  func finish(_ summary: Summary, to output: inout [UInt8]) {
    guard context.policy != nil else { return }
    let files = summary.checked == 1 ? "1 file" : "\(summary.checked) files"
    let warnings = summary.warnings == 1 ? "1 warning" : "\(summary.warnings) warnings"
    let text = "\(files) checked: \(summary.accepted) accepted, \(summary.rejected) rejected, \(warnings)."
    output += Array((style(text, summary.rejected > 0 ? .red : .green) + "\n").utf8)
  }

  // MARK: Parts

  private func heading(_ result: CheckResult) -> String {
    var parts = [style(Self.oneLine(result.name?.display ?? "request"), .bold)]
    if let verdict = result.verdict {
      let endpoint = result.endpoint.map { " as \($0.rawValue)" } ?? ""
      parts.append(style(verdict.rawValue, verdict == .rejected ? .red : .green) + endpoint)
    }
    if let inspection = result.inspection {
      parts.append(style("(\(Self.describe(inspection)))", .dim))
    }
    return parts.joined(separator: "  ")
  }

  /// What the bytes are, in a few words.
  private static func describe(_ inspection: Inspection) -> String {
    let facts = inspection.facts
    var parts = [inspection.mediaType?.rawValue ?? "unknown type"]
    let streams = (facts.videoStreams?.map(\.codec) ?? []) + (facts.audioStreams?.map(\.codec) ?? [])
    if !streams.isEmpty { parts.append(streams.joined(separator: " + ")) }
    if let width = facts.width, let height = facts.height { parts.append("\(width) × \(height)") }
    if let frames = facts.frameCount, frames > 1 { parts.append("\(frames) frames") }
    if let duration = facts.durationMilliseconds {
      parts.append("\((duration / 100).rounded() / 10) s")
    }
    if let pages = facts.pageCount { parts.append(pages == 1 ? "1 page" : "\(pages) pages") }
    parts.append("\(inspection.byteCount) bytes")
    return oneLine(parts.joined(separator: ", "))
  }

  private func describe(_ finding: Finding) -> String {
    let color: Style =
      switch finding.severity {
      case .error: .red
      case .warning: .yellow
      case .note: .cyan
      }
    var text = "  " + style("\(finding.severity.rawValue)[\(finding.code.rawValue)]", color)
    text += " " + wrap(Self.oneLine(finding.message), indent: 4) + "\n"
    var evidence: [String] = []
    if let offset = finding.offset { evidence.append("at byte \(offset)") }
    if let expected = finding.expected, !expected.isEmpty { evidence.append("expected \(expected)") }
    if let actual = finding.actual, !actual.isEmpty { evidence.append("found \(actual)") }
    if !evidence.isEmpty { text += line("", evidence.joined(separator: ", ")) }
    if let remedy = finding.remedy { text += line("fix: ", remedy, wraps: false) }
    return text
  }

  private func line(_ label: String, _ text: String, wraps: Bool = true) -> String {
    let text = Self.oneLine(text)
    return "    " + style(label, .dim) + (wraps ? wrap(text, indent: 6) : text) + "\n"
  }

  /// A file's name and what a file says of itself are hostile: no line ends and no control characters.
  private static func oneLine(_ text: String) -> String { FileName(text).display }

  /// Breaks text between words at the terminal's width.
  private func wrap(_ text: String, indent: Int) -> String {
    guard let width = context.width, width > indent + 20 else { return text }
    var lines = [""]
    for word in text.split(separator: " ") {
      if let last = lines.last, !last.isEmpty, indent + last.count + 1 + word.count > width {
        lines.append("")
      }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }

  // MARK: Colour

  private enum Style: String {
    case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
  }

  private func style(_ text: String, _ style: Style) -> String {
    context.usesColor && !text.isEmpty ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }
}
