import MediaPreflight

/// GitLab's Code Quality report: the subset of Code Climate's issues that GitLab reads
/// (docs.gitlab.com, "Code Quality", "Code Quality report format").
///
/// GitLab shows only the description, so it includes the check's name.
struct GitLabReport: Report {
  private let context: ReportContext
  private var isEmpty = true

  init(_ context: ReportContext) { self.context = context }

  mutating func add(_ result: CheckResult, to output: inout [UInt8]) {
    guard let reference = result.reference else { return }
    let path = ProjectPath(reference, context)
    for (finding, fingerprint) in Fingerprint.all(of: result.findings, at: path, by: result.policy) {
      output += Array((isEmpty ? "[\n" : ",\n").utf8)
      isEmpty = false
      var json = JSONWriter()
      json.object { json in
        json.member("description", "\(finding.code.rawValue): \(result.message(of: finding))")
        json.member("check_name", finding.code.rawValue)
        json.member("fingerprint", fingerprint)
        json.member("severity", Self.severity(of: finding, in: result))
        json.key("location")
        json.object { json in
          json.member("path", path.text)
          json.key("lines")
          json.object { $0.member("begin", 1) }
        }
      }
      output += json.bytes
    }
  }

  func finish(_: Summary, to output: inout [UInt8]) {
    output += Array((isEmpty ? "[]\n" : "\n]\n").utf8)
  }

  /// One of `info`, `minor`, `major`, `critical` and `blocker`.
  private static func severity(of finding: Finding, in result: CheckResult) -> String {
    switch finding.severity {
    case .error: finding.code == .unreadable ? "blocker" : "critical"
    // If warnings reject, a rejected file may have no errors.
    case .warning:
      result.verdict == .rejected && result.findings.first?.severity == .warning ? "major" : "minor"
    case .note: "info"
    }
  }
}
