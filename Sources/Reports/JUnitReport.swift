import MediaPreflight

/// JUnit XML as Jenkins and GitLab read it (Jenkins' junit-10.xsd), with a test case for every file.
///
/// GitLab identifies a test case by its class and name, and shows the failure's text instead of its message. The name is
/// therefore the full path, which is unique, and the text has all findings.
struct JUnitReport: Report {
  private var cases: [UInt8] = []
  private var tests = 0
  private var failures = 0
  private var errors = 0
  private var elapsed = Duration.zero

  mutating func add(_ result: CheckResult, to _: inout [UInt8]) {
    tests += 1
    let file = result.reference?.display ?? "request \(tests)"
    let name = result.policy.map { "\(file) (\($0))" } ?? file
    let endpoint = result.endpoint?.rawValue ?? "unknown"
    var body = ""
    if result.isUnreadable {
      errors += 1
      body = element("error", result.findings)
    } else if result.verdict == .rejected {
      failures += 1
      body = element("failure", result.findings)
    } else if !result.findings.isEmpty {
      body = "<system-out>\(text(result.findings))</system-out>"
    }
    if !result.suppressed.isEmpty {
      let lines = result.suppressed.map { "suppressed by the baseline: \($0.code.rawValue)" }
      body += "<system-err>\(XMLText.escaped(lines.joined(separator: "\n")))</system-err>"
    }
    let time = result.elapsed ?? .zero
    elapsed += time
    let attributes =
      "classname=\"preflight.\(endpoint)\" name=\"\(XMLText.escaped(name))\" time=\"\(Self.seconds(time))\""
    let testcase =
      body.isEmpty ? "  <testcase \(attributes)/>\n" : "  <testcase \(attributes)>\(body)</testcase>\n"
    cases += Array(testcase.utf8)
  }

  mutating func finish(_: Summary, to output: inout [UInt8]) {
    // The counts come before the cases, so the cases are buffered until the end.
    let counts = "tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\""
    let time = Self.seconds(elapsed)
    let head = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="preflight" \(counts) time="\(time)">
      <testsuite name="preflight" \(counts) skipped="0" time="\(time)">

      """
    output += Array(head.utf8)
    output += cases
    output += Array("</testsuite>\n</testsuites>\n".utf8)
  }

  /// Seconds with six decimal places.
  private static func seconds(_ duration: Duration) -> String {
    let microseconds = duration.components.attoseconds / 1_000_000_000_000
    return "\(duration.components.seconds).\(String(microseconds + 1_000_000).dropFirst())"
  }

  private func element(_ name: String, _ findings: [Finding]) -> String {
    let first = findings.first
    let message = XMLText.escaped(VisibleText.oneLine(first?.message ?? ""))
    let type = XMLText.escaped(first?.code.rawValue ?? "")
    return "<\(name) message=\"\(message)\" type=\"\(type)\">\(text(findings))</\(name)>"
  }

  /// All findings as text: a line each for the message, the evidence and the fix.
  private func text(_ findings: [Finding]) -> String {
    findings.map { finding in
      var lines = ["\(finding.severity.rawValue)[\(finding.code.rawValue)] \(finding.message)"]
      let evidence = finding.evidence
      if !evidence.isEmpty { lines.append("  " + evidence) }
      if let remedy = finding.remedy { lines.append("  fix: \(remedy)") }
      return lines.map { XMLText.escaped(VisibleText.oneLine($0)) }.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
