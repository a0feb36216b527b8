import MediaPreflight

/// Counts of findings and files per code, instead of results.
struct StatisticsReport: Report {
  private let context: ReportContext
  private let isJSON: Bool
  private var counts: [Key: Count] = [:]

  private struct Key: Hashable {
    let code: FindingCode
    let severity: Severity
  }

  private struct Count {
    var findings = 0
    var files = 0
  }

  private typealias Row = (code: FindingCode, severity: Severity, count: Int, files: Int)

  init(_ context: ReportContext, isJSON: Bool) {
    self.context = context
    self.isJSON = isJSON
  }

  mutating func add(_ result: CheckResult, to _: inout [UInt8]) {
    var seen: Set<Key> = []
    for finding in result.findings {
      let key = Key(code: finding.code, severity: finding.severity)
      counts[key, default: Count()].findings += 1
      if seen.insert(key).inserted { counts[key, default: Count()].files += 1 }
    }
  }

  func finish(_ summary: Summary, to output: inout [UInt8]) {
    if isJSON { writeJSON(summary, to: &output) } else { writeText(summary, to: &output) }
  }

  /// Rows sorted by count, then by severity, then by name.
  private var rows: [Row] {
    counts.map { ($0.key.code, $0.key.severity, $0.value.findings, $0.value.files) }
      .sorted { (a: Row, b: Row) in
        if a.count != b.count { return a.count > b.count }
        return a.severity != b.severity ? a.severity < b.severity : a.code.rawValue < b.code.rawValue
      }
  }

  private func writeText(_ summary: Summary, to output: inout [UInt8]) {
    let rows = rows
    let countWidth = rows.map { "\($0.count)".count }.max() ?? 0
    let codeWidth = rows.map(\.code.rawValue.count).max() ?? 0
    let files = rows.map { $0.files == 1 ? "in 1 file" : "in \($0.files) files" }
    let filesWidth = files.map(\.count).max() ?? 0
    for (row, files) in zip(rows, files) {
      let count = Self.space(countWidth - "\(row.count)".count) + "\(row.count)"
      let severity = row.severity.rawValue + Self.space(7 - row.severity.rawValue.count)
      let code = row.code.rawValue + Self.space(codeWidth - row.code.rawValue.count)
      let title = title(of: row.code) ?? ""
      let place = files + Self.space(filesWidth - files.count)
      output += Array("\(count)  \(severity)  \(code)  \(place)  \(title)\n".utf8)
    }
    HumanReport(context).finish(summary, countingCodes: false, to: &output)
  }

  private func writeJSON(_ summary: Summary, to output: inout [UInt8]) {
    var json = JSONWriter()
    json.object { json in
      json.member("schemaVersion", 1)
      json.key("statistics")
      json.array { json in
        for row in rows {
          json.object { json in
            json.member("code", row.code.rawValue)
            json.member("severity", row.severity.rawValue)
            json.member("count", row.count)
            json.member("files", row.files)
            json.member("title", title(of: row.code))
          }
        }
      }
      json.key("summary")
      json.summary(summary)
    }
    output += json.bytes
    output.append(0x0a)
  }

  private func title(of code: FindingCode) -> String? {
    context.explanations.first { $0.code == code }?.title
  }

  private static func space(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}

extension ReportFormat {
  /// The statistics report in another format; nil if that format doesn't support statistics.
  public static func statistics(as format: ReportFormat) -> ReportFormat? {
    switch format.name {
    case "human": ReportFormat(name: format.name) { StatisticsReport($0, isJSON: false) }
    case "json": ReportFormat(name: format.name) { StatisticsReport($0, isJSON: true) }
    default: nil
    }
  }
}
