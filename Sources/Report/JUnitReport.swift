import MediaPreflight

/// JUnit XML as Jenkins and GitLab read it: a case for every file, passed ones too.
///
/// GitLab tells cases apart by class and name together, and shows a failure's text, not its message; so
/// the name is the whole path, and the text holds all findings.
struct JUnitReport: Report {
  private var cases = ""
  private var tests = 0
  private var failures = 0
  private var errors = 0

  mutating func add(_ result: CheckResult, to _: inout [UInt8]) {
    tests += 1
    let name = result.name?.display ?? "request \(tests)"
    let endpoint = result.endpoint?.rawValue ?? "unknown"
    var body = ""
    let fatal = result.findings.filter { result.verdict == .rejected && $0.severity != .note }
    if result.isUnreadable {
      errors += 1
      body += element("error", fatal)
    } else if result.verdict == .rejected {
      failures += 1
      body += element("failure", fatal)
    }
    let rest = result.findings.filter { !fatal.contains($0) }
    if !rest.isEmpty { body += "<system-out>\(XMLText.escaped(text(rest)))</system-out>" }
    let attributes = "classname=\"preflight.\(endpoint)\" name=\"\(XMLText.escaped(name))\" time=\"0\""
    cases += body.isEmpty ? "  <testcase \(attributes)/>\n" : "  <testcase \(attributes)>\(body)</testcase>\n"
  }

  mutating func finish(_: Summary, to output: inout [UInt8]) {
    // The counts stand before the cases, so the cases are held back until they are known.
    let counts = "tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\""
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="preflight" \(counts) time="0">
      <testsuite name="preflight" \(counts) skipped="0" time="0">
      \(cases)</testsuite>
      </testsuites>

      """
    output += Array(text.utf8)
  }

  private func element(_ name: String, _ findings: [Finding]) -> String {
    let first = findings.first
    let message = XMLText.escaped(first?.message ?? "")
    let type = XMLText.escaped(first?.code.rawValue ?? "")
    return "<\(name) message=\"\(message)\" type=\"\(type)\">\(XMLText.escaped(text(findings)))</\(name)>"
  }

  private func text(_ findings: [Finding]) -> String {
    findings.map { finding in
      var lines = ["\(finding.severity.rawValue)[\(finding.code.rawValue)] \(finding.message)"]
      if let offset = finding.offset { lines.append("  at byte \(offset)") }
      if let remedy = finding.remedy { lines.append("  fix: \(remedy)") }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
