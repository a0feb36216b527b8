import MediaPreflight

/// GitHub's workflow commands, which become annotations.
///
/// A step shows ten annotations of each level and drops the rest without a word; so the first ten of each
/// are commands, and the others plain lines of the log. Findings are told in the order of the files, each
/// file's gravest first, and errors before warnings across all.
struct GitHubReport: Report {
  private static let shownPerLevel = 10

  private var held: [Severity: [(name: FileName?, finding: Finding)]] = [:]
  private let context: ReportContext

  init(_ context: ReportContext) { self.context = context }

  mutating func add(_ result: CheckResult, to _: inout [UInt8]) {
    for finding in result.findings { held[finding.severity, default: []].append((result.name, finding)) }
  }

  mutating func finish(_ summary: Summary, to output: inout [UInt8]) {
    var text = ""
    var hidden = 0
    for severity in Severity.allCases {
      let findings = held[severity] ?? []
      for (name, finding) in findings.prefix(Self.shownPerLevel) { text += command(name, finding) }
      for (name, finding) in findings.dropFirst(Self.shownPerLevel) {
        let line =
          "\(name?.display ?? "request"): \(severity.rawValue)[\(finding.code.rawValue)] \(finding.message)"
        text += FileName(line).display + "\n"
        hidden += 1
      }
    }
    if hidden > 0 { text += "\(hidden) more findings stand above without an annotation of their own.\n" }
    let files = summary.checked == 1 ? "1 file" : "\(summary.checked) files"
    text += "\(files) checked: \(summary.accepted) accepted, \(summary.rejected) rejected.\n"
    output += Array(text.utf8)
  }

  private func command(_ name: FileName?, _ finding: Finding) -> String {
    let level = finding.severity == .note ? "notice" : finding.severity.rawValue
    var properties: [String] = []
    if let name { properties += ["file=\(Self.property(path(name)))", "line=1"] }
    properties.append("title=\(Self.property(finding.code.rawValue))")
    var message = finding.message
    if let offset = finding.offset { message += " At byte \(offset)." }
    if let remedy = finding.remedy { message += "\n\(remedy)" }
    return "::\(level) \(properties.joined(separator: ","))::\(Self.data(message))\n"
  }

  /// The path below the folder of the run, as GitHub finds it in the repository.
  private func path(_ name: FileName) -> String {
    var bytes = name.bytes[...]
    if let root = context.root, bytes.starts(with: root.bytes + [UInt8(ascii: "/")]) {
      bytes = bytes.dropFirst(root.bytes.count + 1)
    }
    while bytes.starts(with: "./".utf8) { bytes = bytes.dropFirst(2) }
    let own = FileName(Array(bytes))
    return own.text ?? own.display
  }

  /// What follows `::` is data: percent signs and line ends are escaped.
  private static func data(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "%": "%25"
      case "\r": "%0D"
      case "\n": "%0A"
      default: String(scalar)
      }
    }.joined()
  }

  /// A property's value has colons and commas escaped as well.
  private static func property(_ text: String) -> String {
    data(text).unicodeScalars.map { scalar in
      switch scalar {
      case ":": "%3A"
      case ",": "%2C"
      default: String(scalar)
      }
    }.joined()
  }
}
