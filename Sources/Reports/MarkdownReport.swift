import MediaPreflight

/// Markdown for a comment on a pull request or a step's summary: what is rejected, then, folded away, what
/// is accepted with something to say of it. No longer than its limit: an entry that doesn't fit is left out
/// whole, and the last line says how many are.
struct MarkdownReport: Report {
  /// The characters that GitHub takes in a comment; counted in bytes here, which are never fewer.
  static let commentLimit = 65_536

  /// Entries as long as they fit.
  private struct List {
    var text: [UInt8] = []
    var lengths: [Int] = []
    var leftOut = 0

    mutating func add(_ entry: [UInt8], limit: Int) {
      if text.count + entry.count > limit {
        leftOut += 1
      } else {
        text += entry
        lengths.append(entry.count)
      }
    }

    /// Leaves out the last entries until the rest fits.
    mutating func shorten(to limit: Int) {
      while text.count > limit, let last = lengths.popLast() {
        text.removeLast(last)
        leftOut += 1
      }
    }
  }

  private let context: ReportContext
  private let policy: String
  /// The bytes that entries may take up, beside the lines around them.
  private let room: Int
  private var grave = List()
  private var light = List()

  /// - Parameter limit: The bytes that the report may have.
  init(_ context: ReportContext, limit: Int) {
    self.context = context
    policy = context.policy.map { " with the policy " + MarkdownText.code($0) } ?? ""
    room = max(0, limit - 1000 - policy.utf8.count)
  }

  mutating func add(_ result: CheckResult, to _: inout [UInt8]) {
    guard let first = result.findings.first else { return }
    let isGrave =
      result.verdict == .rejected || result.isUnreadable
      || (result.isInspection && first.severity == .error)
    let entry = Array(entry(result).utf8)
    if isGrave { grave.add(entry, limit: room) } else { light.add(entry, limit: room) }
  }

  mutating func finish(_ summary: Summary, to output: inout [UInt8]) {
    var text = "### \(Self.title(summary))\n\n"
    text += Self.count(summary.checked, "file") + " checked\(policy)"
    if context.policy != nil {
      text += ": \(summary.accepted) accepted, \(summary.rejected) rejected, "
      text += Self.count(summary.warnings, "warning")
    }
    text += summary.asides + ".\n"
    if !summary.codes.isEmpty {
      text += "\n" + MarkdownText.escaped(summary.codeCounts.replacing("\u{a0}", with: " ")) + ".\n"
    }
    output += Array(text.utf8)
    if !grave.text.isEmpty { output += Array("\n".utf8) + grave.text }
    if grave.leftOut > 0 { output += note("file with errors", "files with errors", grave.leftOut) }
    light.shorten(to: room - grave.text.count)
    let count = light.lengths.count + light.leftOut
    guard count > 0 else { return }
    let what = count == 1 ? "1 file has" : "\(count) files have"
    output += Array("\n<details><summary>\(what) warnings or notes alone</summary>\n\n".utf8)
    output += light.text
    if light.leftOut > 0 { output += note("file", "files", light.leftOut) }
    output += Array("\n</details>\n".utf8)
  }

  private static func title(_ summary: Summary) -> String {
    if summary.unjudged > 0 {
      return "preflight: \(count(summary.unjudged, "file")) could not be judged"
    }
    if summary.rejected > 0 {
      return "preflight: \(summary.rejected) of \(count(summary.checked, "file")) rejected"
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
    let name = result.name.map { MarkdownText.code($0.display) } ?? "request"
    var text = "- \(name)"
    if let verdict = result.shownVerdict { text += " " + verdict.rawValue }
    if let endpoint = result.endpoint { text += " as \(endpoint.rawValue)" }
    if !result.suppressed.isEmpty {
      text += " (\(Self.count(result.suppressed.count, "baseline finding")) suppressed)"
    }
    text += "\n"
    for finding in result.findings {
      let code = MarkdownText.code(finding.code.rawValue)
      text += "  - **\(finding.severity.rawValue)** \(code) \(MarkdownText.escaped(finding.message))"
      if let offset = finding.offset { text += " At byte \(offset)." }
      text += "\n"
      if let remedy = finding.remedy { text += "    - fix: \(MarkdownText.code(remedy))\n" }
    }
    return text
  }
}
