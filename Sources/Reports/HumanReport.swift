import MediaPreflight

/// Human-readable text: each file with its findings, and a summary line.
struct HumanReport: Report {
  private let context: ReportContext

  init(_ context: ReportContext) { self.context = context }

  func add(_ result: CheckResult, to output: inout [UInt8]) {
    let findings = listed(result)
    guard let findings else { return }
    var text = heading(result) + "\n"
    if result.isInspection, let upload = result.upload?.words { text += line("Meta states: ", upload) }
    for finding in findings { text += describe(finding, of: result) }
    if let fix = context.fix, let plan = result.plannedFixInWords {
      text += line("plan: ", plan)
      if let command = fix.command(for: result) {
        text += line("run: ", command, wraps: false)
      }
    }
    if !result.suppressed.isEmpty, context.listing != .errors {
      let count = result.suppressed.count
      text += line("", count == 1 ? "1 baseline finding suppressed" : "\(count) baseline findings suppressed")
    }
    if !result.alternatives.isEmpty, result.verdict == .rejected {
      text += line("would be accepted as: ", result.alternatives.map(\.rawValue).joined(separator: ", "))
    }
    output += Array(text.utf8)
  }

  func finish(_ summary: Summary, to output: inout [UInt8]) {
    finish(summary, countingCodes: context.listing != .errors, to: &output)
  }

  /// Writes the summary line.
  ///
  /// - Parameter countingCodes: Whether a line with the number of findings of each code follows.
  func finish(_ summary: Summary, countingCodes: Bool, to output: inout [UInt8]) {
    guard context.policy != nil else { return }
    let warnings = summary.warnings == 1 ? "1 warning" : "\(summary.warnings) warnings"
    var text =
      "\(summary.filesChecked): \(summary.accepted) accepted, \(summary.rejected) rejected, \(warnings)"
    text += summary.suffix + "."
    let hasFailed = summary.rejected > 0 || summary.unjudged > 0
    text = style(text, hasFailed ? .red : .green) + "\n"
    if !summary.policies.isEmpty {
      let counts = summary.policies.map { "\($0.name) \($0.accepted) of \($0.checked)" }
      text += wrap(
        VisibleText.logLine("Accepted by " + counts.joined(separator: ", ") + "."), indent: 0, from: 0)
      text += "\n"
    }
    if countingCodes, !summary.codes.isEmpty {
      text += wrap(summary.codeCounts(), indent: 0, from: 0) + "\n"
    }
    if let sentence = FixCommandLine.sentence(summary) {
      text +=
        sentence
        + (context.fix?.forAll(summary).map { ": \(VisibleText.logLine($0))" }
          ?? (summary.sharesFixedNames ? "." : " with 'preflight fix'."))
        + "\n"
    }
    output += Array(text.utf8)
  }

  // MARK: Parts

  /// The findings to show for a file; nil if the file isn't listed.
  private func listed(_ result: CheckResult) -> [Finding]? {
    switch context.listing {
    case .all: return result.findings
    case .findings:
      let isListed = !result.isFoundInFolder || !result.findings.isEmpty || result.isInspection
      return isListed ? result.findings : nil
    case .errors:
      let findings = result.findings.filter { $0.rejects(isStrict: result.isStrict) }
      return findings.isEmpty ? nil : findings
    }
  }

  private func heading(_ result: CheckResult) -> String {
    let name = VisibleText.heading(result.reference)
    var text = style(name, .bold)
    var width = TextWidth.columns(of: name)
    if let verdict = result.shownVerdict {
      let policy = result.policy.map { " by " + VisibleText.logLine($0) } ?? ""
      let endpoint = (result.endpoint.map { " as \($0.rawValue)" } ?? "") + policy
      text += "  " + style(verdict.rawValue, verdict == .accepted ? .green : .red) + endpoint
      width += 2 + verdict.rawValue.utf8.count + TextWidth.columns(of: endpoint)
    }
    if let brief = result.brief {
      let isTooLong = context.width.map { width + TextWidth.columns(of: brief) + 4 > $0 } ?? false
      text += (isTooLong ? "\n    " : "  ") + style("(\(brief))", .dim)
    }
    return text
  }

  private func describe(_ finding: Finding, of result: CheckResult) -> String {
    let color: Style =
      switch finding.severity {
      case .error: .red
      case .warning: .yellow
      case .note: .cyan
      }
    let label = "\(finding.severity.rawValue)[\(finding.code.rawValue)]"
    var text = "  " + link(style(label, color), to: finding.code) + " "
    text += wrap(VisibleText.logLine(finding.message), indent: 4, from: 3 + label.utf8.count) + "\n"
    if !finding.evidence.isEmpty { text += line("", finding.evidence) }
    if let remedy = result.remedy(of: finding, context) { text += line("fix: ", remedy, wraps: false) }
    return text
  }

  private func line(_ label: String, _ text: String, wraps: Bool = true) -> String {
    let text = VisibleText.logLine(text)
    let wrapped = wraps ? wrap(text, indent: 6, from: 4 + label.utf8.count) : text
    return "    " + style(label, .dim) + wrapped + "\n"
  }

  /// Wraps text between words at the terminal's width.
  ///
  /// - Parameters:
  ///   - indent: The indentation of every line except the first, in columns.
  ///   - start: The column at which the first line starts.
  private func wrap(_ text: String, indent: Int, from start: Int) -> String {
    // A word at the start of a line must not begin one of GitHub's commands.
    let text = VisibleText.replacing(" ::", with: " :\\x3a", in: text)
    return WrappedText.wrapped(text, to: context.width, indent: indent, from: start)
  }

  // MARK: Color and links

  /// Links text to the page of a code if the terminal supports links (OSC 8).
  private func link(_ text: String, to code: FindingCode) -> String {
    guard context.usesLinks, let page = ProjectHome.page(of: code) else { return text }
    return "\u{1b}]8;;\(page)\u{1b}\\\(text)\u{1b}]8;;\u{1b}\\"
  }

  private enum Style: String {
    case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
  }

  private func style(_ text: String, _ style: Style) -> String {
    context.usesColor && !text.isEmpty ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }
}
