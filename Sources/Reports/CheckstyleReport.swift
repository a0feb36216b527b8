import MediaPreflight

/// Checkstyle XML, which many tools read. Files without findings are omitted.
struct CheckstyleReport: Report {
  private let context: ReportContext
  private var isEmpty = true

  init(_ context: ReportContext) { self.context = context }

  mutating func add(_ result: CheckResult, to output: inout [UInt8]) {
    guard let reference = result.reference, !result.findings.isEmpty else { return }
    begin(&output)
    var text = "<file name=\"\(XMLText.escaped(ProjectPath(reference, context).display))\">\n"
    for finding in result.findings {
      let severity = finding.severity == .note ? "info" : finding.severity.rawValue
      var message = result.message(of: finding)
      if let offset = finding.offset { message += " At byte \(offset)." }
      if let remedy = finding.remedy { message += " " + remedy }
      text += "  <error line=\"1\" column=\"1\" severity=\"\(severity)\""
      text += " message=\"\(XMLText.escaped(VisibleText.oneLine(message)))\""
      text += " source=\"preflight.\(XMLText.escaped(finding.code.rawValue))\"/>\n"
    }
    output += Array((text + "</file>\n").utf8)
  }

  mutating func finish(_: Summary, to output: inout [UInt8]) {
    begin(&output)
    output += Array("</checkstyle>\n".utf8)
  }

  private mutating func begin(_ output: inout [UInt8]) {
    guard isEmpty else { return }
    isEmpty = false
    output += Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n".utf8)
  }
}
