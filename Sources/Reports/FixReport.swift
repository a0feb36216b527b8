public import MediaPreflight

/// What became of files that were to be fixed, for people.
public struct FixReport: Report {
  private let context: ReportContext
  private let isDryRun: Bool
  private var fixed = 0
  private var accepted = 0
  private var failed = 0
  private var unjudged = 0

  /// Creates a report.
  ///
  /// - Parameter isDryRun: Whether nothing is written, so that the steps are those that would be done.
  public init(_ context: ReportContext, isDryRun: Bool) {
    self.context = context
    self.isDryRun = isDryRun
  }

  /// Adds a result.
  public mutating func add(_ result: CheckResult, to output: inout [UInt8]) {
    guard let fix = result.fix else { return }
    let name = style(VisibleText.heading(result.reference), "1")
    var text = ""
    if result.isUnreadable {
      unjudged += 1
      text = "\(name)  \(style("not checked", "31")): \(VisibleText.logLine(fix.reason ?? ""))\n"
    } else if fix.verdict == .accepted, fix.steps.isEmpty {
      accepted += 1
      let copied = fix.output.map { ", copied to \(VisibleText.heading(.file($0)))" } ?? ""
      let isListed = context.listing != .errors && (!result.isFoundInFolder || fix.output != nil)
      if isListed { text = "\(name)  already accepted\(copied)\n" }
    } else if fix.reason == nil, fix.verdict != .rejected, let target = fix.output {
      fixed += 1
      if context.listing != .errors {
        let word = isDryRun ? "would be fixed" : "fixed"
        text = "\(name)  \(style(word, "32")): \(VisibleText.heading(.file(target)))\n"
        for step in fix.steps { text += describe(step) }
      }
    } else {
      failed += 1
      text =
        "\(name)  \(style("not fixed", "31")): \(VisibleText.logLine(fix.reason ?? "it can't be written"))\n"
    }
    output += Array(text.utf8)
  }

  private func describe(_ step: FixNote.Step) -> String {
    var text = "  " + VisibleText.logLine(step.summary) + (step.lossless ? " (lossless)" : "") + "\n"
    if isDryRun, let command = step.command { text += "    by hand: " + VisibleText.logLine(command) + "\n" }
    return text
  }

  /// Completes the report.
  public func finish(_ summary: Summary, to output: inout [UInt8]) {
    let files = summary.checked == 1 ? "1 file" : "\(summary.checked) files"
    let done = isDryRun ? "can be fixed" : "fixed"
    var text = "\(files): \(fixed) \(done), \(accepted) already accepted, \(failed) not fixed"
    if unjudged > 0 { text += ", \(unjudged) unjudged" }
    output += Array((style(text + ".", failed + unjudged > 0 ? "31" : "32") + "\n").utf8)
  }

  private func style(_ text: String, _ code: String) -> String {
    context.usesColor ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
