#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import PreflightInspection
import MediaPreflight

/// An HTML page: one self-contained file that opens from disk, loads nothing, and shows the images.
///
/// Its Content-Security-Policy denies all network access. It allows one style and one script, by their hashes, and
/// images embedded in the page. Images are embedded unchanged, and only types that can't contain scripts.
struct HTMLReport: Report {
  /// The maximum size of an embedded image, in bytes.
  static let imageLimit = 512 << 10
  /// The maximum total size of a page's images, in bytes.
  static let pageLimit = 32 << 20
  /// The maximum number of pixels of an embedded image. Larger images can exhaust a browser's memory.
  private static let pixelLimit = 40_000_000

  private let context: ReportContext
  /// The number of bytes of images that can still be embedded.
  private var budget: Int
  private var isBegun = false
  private var codes: Set<FindingCode> = []

  /// - Parameter budget: The maximum total size of all images, in bytes.
  init(_ context: ReportContext, budget: Int = pageLimit) {
    self.context = context
    self.budget = budget
  }

  mutating func add(_ result: CheckResult, to output: inout [UInt8]) {
    begin(&output)
    if context.listing == .errors, result.findings.isEmpty { return }
    var severities: [String] = []
    var own: [String] = []
    for finding in result.findings {
      codes.insert(finding.code)
      if !severities.contains(finding.severity.rawValue) { severities.append(finding.severity.rawValue) }
      if !own.contains(finding.code.rawValue) { own.append(finding.code.rawValue) }
    }
    let verdict = result.shownVerdict?.rawValue ?? "none"
    var text = "<article class=\"file \(verdict)\" data-verdict=\"\(verdict)\""
    text += " data-severity=\"\(severities.joined(separator: " "))\""
    text += " data-code=\"\(Self.escaped(own.joined(separator: " ")))\""
    text += " data-endpoint=\"\(result.endpoint?.rawValue ?? "none")\">\n<div class=\"image\">"
    output += Array(text.utf8)
    output += image(of: result)
    text =
      "</div>\n<div class=\"what\"><h2><bdi>\(Self.escaped(result.reference?.display ?? "request"))</bdi></h2>\n<p class=\"dim\">"
    if let verdict = result.shownVerdict { text += "<b class=\"\(verdict)\">\(verdict)</b>" }
    if let endpoint = result.endpoint { text += " as \(endpoint.rawValue)" }
    if let policy = result.policy { text += " by \(Self.escaped(policy))" }
    if let brief = result.brief { text += " (<bdi>\(Self.escaped(brief))</bdi>)" }
    text += "</p>\n"
    if !result.suppressed.isEmpty {
      let count = result.suppressed.count
      text +=
        "<p class=\"dim\">\(count == 1 ? "1 baseline finding" : "\(count) baseline findings") suppressed</p>\n"
    }
    if !result.findings.isEmpty {
      text += "<ul>\n\(result.findings.map { item($0, of: result) }.joined())</ul>\n"
    }
    if let plan = result.plannedFixInWords {
      text +=
        "<p><b>Plan</b> <bdi>\(Self.escaped(plan))</bdi>\(command(context.fix?.command(for: result)))</p>\n"
    }
    if !result.alternatives.isEmpty, result.verdict == .rejected {
      text +=
        "<p class=\"dim\">Would be accepted as \(result.alternatives.map(\.rawValue).joined(separator: ", ")).</p>\n"
    }
    output += Array((text + "</div></article>\n").utf8)
  }

  mutating func finish(_ summary: Summary, to output: inout [UInt8]) {
    begin(&output)
    var text = "</main>\n"
    let explained = context.explanations.filter { codes.contains($0.code) }
    if !explained.isEmpty {
      text += "<div id=\"codes\"><h2>What the codes mean</h2>\n"
      text += explained.map(Self.section).joined() + "</div>\n"
    }
    text += "<footer><p id=\"counts\">\(summary.filesChecked)"
    if let policy = context.policy {
      text += " with the policy <code>\(Self.escaped(policy))</code>"
      text += ": <b class=\"accepted\">\(summary.accepted) accepted</b>"
      text += ", <b class=\"rejected\">\(summary.rejected) rejected</b>"
      text +=
        ", <b class=\"warning\">\(summary.warnings == 1 ? "1 warning" : "\(summary.warnings) warnings")</b>"
    }
    text += summary.suffix + ".</p>\n"
    if let sentence = FixCommandLine.sentence(summary) {
      text += "<p>\(sentence).\(command(context.fix?.forAll(summary)))</p>\n"
    }
    text += "<p class=\"dim\">preflight \(Self.escaped(context.version))</p></footer>\n"
    text += "<script>\(PageText.script)</script>\n</body>\n</html>\n"
    output += Array(text.utf8)
  }

  private mutating func begin(_ output: inout [UInt8]) {
    if isBegun { return }
    isBegun = true
    output += Array(PageText.head.utf8)
  }

  // MARK: Parts

  /// The image, or the reason why it isn't shown.
  private mutating func image(of result: CheckResult) -> [UInt8] {
    let type = result.mediaType
    guard let byteCount = result.byteCount, let type,
      type.known?.isShownByBrowsers == true
    else {
      return Array(Self.escaped(type?.rawValue ?? "unknown type").utf8)
    }
    let name = Self.escaped(type.rawValue)
    let (width, height) = (result.facts.width ?? 0, result.facts.height ?? 0)
    let (pixels, isOverflowing) = width.multipliedReportingOverflow(by: height)
    if byteCount > Self.imageLimit || isOverflowing || pixels > Self.pixelLimit {
      return Array("\(name), too large to show".utf8)
    }
    if byteCount > budget { return Array("\(name), not shown: page size limit reached".utf8) }
    // Read from the open file that was checked: the path may name a different file by now.
    guard let bytes = try? result.source?.contents(upTo: Self.imageLimit), !bytes.isEmpty else {
      return Array(name.utf8)
    }
    budget -= bytes.count
    let start = "<img alt=\"\" loading=\"lazy\" decoding=\"async\" src=\"data:\(name);base64,"
    return Array(start.utf8) + Array(Data(bytes).base64EncodedData()) + Array("\">".utf8)
  }

  private func item(_ finding: Finding, of result: CheckResult) -> String {
    let severity = finding.severity.rawValue
    let code = Self.escaped(finding.code.rawValue)
    var text = "<li class=\"\(severity)\"><b class=\"\(severity)\">\(severity)</b> "
    text += "<a href=\"#code-\(code)\">\(code)</a> <bdi>\(Self.escaped(finding.message))</bdi>"
    if !finding.evidence.isEmpty { text += " <small><bdi>\(Self.escaped(finding.evidence))</bdi></small>" }
    return text + command(result.remedy(of: finding, context)) + "</li>\n"
  }

  /// A line to copy; empty without one.
  private func command(_ text: String?) -> String {
    text.map { "\n<code class=\"fix\"><bdi>\(Self.escaped($0))</bdi></code>" } ?? ""
  }

  private static func section(_ explanation: Explanation) -> String {
    let code = escaped(explanation.code.rawValue)
    return """
      <section id="code-\(code)"><h3><code>\(code)</code> \(escaped(explanation.title))</h3>
      <p>\(escaped(explanation.reason))</p>
      <p>\(escaped(explanation.remedy))</p>
      <p class="dim">Source: \(escaped(explanation.source))</p></section>

      """
  }

  /// Escapes text for content and quoted attributes. XML escaping also works for HTML.
  private static func escaped(_ text: String) -> String { XMLText.escaped(VisibleText.oneLine(text)) }
}

/// The constant parts of the page.
private enum PageText {
  static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  static let script = String(decoding: PackageResources.page_js, as: UTF8.self)

  private static func source(_ text: String) -> String {
    "'sha256-\(Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString())'"
  }

  static let head: String = {
    let policy = [
      "default-src 'none'", "img-src data:", "style-src \(source(style))", "script-src \(source(script))",
      "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>preflight report</title>
      <style>\(style)</style>
      </head>
      <body>
      <header>
      <h1>preflight</h1>
      <p id="summary"></p>
      <div id="filters" role="search" aria-label="Files" hidden>
      <label class="wide">Text <input id="text" type="search" autocomplete="off" spellcheck="false"></label>
      <label>Verdict <select id="verdict"><option value="">any</option></select></label>
      <label>Severity <select id="severity"><option value="">any</option></select></label>
      <label>Code <select id="code"><option value="">any</option></select></label>
      <label>Endpoint <select id="endpoint"><option value="">any</option></select></label>
      <button id="reset" type="button">Show all</button>
      </div>
      <p id="shown" class="dim" role="status"></p>
      </header>
      <main id="files">

      """
  }()
}
