import MediaPreflight

/// Markdown for a pull request comment or a step summary: rejected files first, then a collapsed list of accepted files
/// with findings.
///
/// The report never exceeds its size limit. Entries that don't fit are omitted, and the last line gives their number.
struct MarkdownReport: Report {
  /// GitHub's limit for a comment. GitHub counts characters; this report counts bytes, which are never fewer.
  static let commentLimit = 65_536

  /// The entries that fit.
  private struct List {
    var text: [UInt8] = []
    var lengths: [Int] = []
    var omitted = 0

    mutating func add(_ entry: [UInt8], limit: Int) {
      if text.count + entry.count > limit {
        omitted += 1
      } else {
        text += entry
        lengths.append(entry.count)
      }
    }

    /// Removes the last entries until the rest fits.
    mutating func shorten(to limit: Int) {
      while text.count > limit, let last = lengths.popLast() {
        text.removeLast(last)
        omitted += 1
      }
    }
  }

  private let context: ReportContext
  private let policy: String
  /// The maximum size of all entries, in bytes, without the text around them.
  private let room: Int
  private var filesWithErrors = List()
  private var otherFiles = List()

  /// - Parameter limit: The maximum size of the report, in bytes.
  init(_ context: ReportContext, limit: Int) {
    self.context = context
    policy = context.policy.map { " with the policy " + MarkdownText.code($0) } ?? ""
    room = max(0, limit - 1000 - policy.utf8.count)
  }

  mutating func add(_ result: CheckResult, to _: inout [UInt8]) {
    guard let first = result.findings.first else { return }
    let hasErrors =
      result.verdict == .rejected || result.isUnreadable
      || (result.isInspection && first.severity == .error)
    let entry = Array(entry(result).utf8)
    if hasErrors {
      filesWithErrors.add(entry, limit: room)
    } else {
      otherFiles.add(entry, limit: room)
    }
  }

  mutating func finish(_ summary: Summary, to output: inout [UInt8]) {
    var text = "### \(Self.title(summary))\n\n"
    text += "\(summary.filesChecked)\(policy)"
    if context.policy != nil {
      text += ": \(summary.accepted) accepted, \(summary.rejected) rejected, "
      text += Self.count(summary.warnings, "warning")
    }
    text += summary.suffix + ".\n"
    if !summary.codes.isEmpty {
      // As many as fit in the room kept for the lines around the entries.
      let counts = summary.codeCounts(atMost: 10).replacing("\u{a0}", with: " ")
      text += "\n" + MarkdownText.escaped(counts) + ".\n"
    }
    output += Array(text.utf8)
    if !filesWithErrors.text.isEmpty { output += Array("\n".utf8) + filesWithErrors.text }
    if filesWithErrors.omitted > 0 {
      output += note("file with errors", "files with errors", filesWithErrors.omitted)
    }
    otherFiles.shorten(to: room - filesWithErrors.text.count)
    let count = otherFiles.lengths.count + otherFiles.omitted
    guard count > 0 else { return }
    let what = count == 1 ? "1 file has" : "\(count) files have"
    output += Array("\n<details><summary>\(what) only warnings or notes</summary>\n\n".utf8)
    output += otherFiles.text
    if otherFiles.omitted > 0 { output += note("file", "files", otherFiles.omitted) }
    output += Array("\n</details>\n".utf8)
  }

  private static func title(_ summary: Summary) -> String {
    if summary.unjudged > 0 {
      return "preflight: \(count(summary.unjudged, "file")) could not be judged"
    }
    if summary.rejected > 0 {
      return
        "preflight: \(summary.rejected) of \(count(summary.checked, summary.policies.isEmpty ? "file" : "result")) rejected"
    }
    return "preflight: nothing rejected"
  }

  private static func count(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }

  private func note(_ one: String, _ many: String, _ count: Int) -> [UInt8] {
    Array("\n…and \(count) more \(count == 1 ? one : many), omitted for length.\n".utf8)
  }

  private func entry(_ result: CheckResult) -> String {
    let name = result.reference.map { MarkdownText.code($0.display) } ?? "request"
    var text = "- \(name)"
    if let verdict = result.shownVerdict { text += " " + verdict.rawValue }
    if let endpoint = result.endpoint { text += " as \(endpoint.rawValue)" }
    if let policy = result.policy { text += " by \(MarkdownText.code(policy))" }
    if !result.suppressed.isEmpty {
      text += " (\(Self.count(result.suppressed.count, "baseline finding")) suppressed)"
    }
    text += "\n"
    for finding in result.findings {
      let code = MarkdownText.code(finding.code.rawValue)
      text += "  - **\(finding.severity.rawValue)** \(code) \(MarkdownText.escaped(finding.message))"
      if let offset = finding.offset { text += " At byte \(offset)." }
      text += "\n"
      if let fix = finding.fix, let command = finding.remedyCommand {
        text += "    - fix: \(MarkdownText.escaped(fix.summary)): \(MarkdownText.code(command))\n"
      } else if let remedy = finding.remedy {
        text += "    - fix: \(MarkdownText.escaped(remedy))\n"
      }
    }
    return text
  }
}
