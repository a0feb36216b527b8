internal import PreflightInspection
import MediaPreflight

/// SARIF 2.1.0 (OASIS), for code scanning services.
///
/// Every code is a rule with its help. Positions in binary files are byte offsets. `startLine` is also written, because
/// GitHub drops results without it.
///
/// GitHub rejects a run with more than 25,000 results, so there are never more. Errors are written immediately. Warnings
/// and notes follow at the end, as many as fit. A notification gives the number of omitted findings.
struct SARIFReport: Report {
  /// GitHub's limit for the results of a run.
  static let codeScanningLimit = 25_000

  private let context: ReportContext
  private let limit: Int
  private let ruleIndex: [FindingCode: Int]
  private var isBegun = false
  private var written = 0
  private var omitted = 0
  /// Results that are written after all errors.
  private var held: [Severity: [[UInt8]]] = [:]
  /// The files that have results.
  private var artifacts = JSONList()

  /// Serialized values of an array.
  private struct JSONList {
    var bytes: [UInt8] = []
    var count = 0

    mutating func append(_ value: [UInt8]) {
      if count > 0 { bytes.append(0x2c) }
      bytes.append(0x0a)
      bytes += value
      count += 1
    }
  }

  /// - Parameter limit: The maximum number of results.
  init(_ context: ReportContext, limit: Int = codeScanningLimit) {
    self.context = context
    self.limit = limit
    ruleIndex = Dictionary(
      context.explanations.enumerated().map { ($0.element.code, $0.offset) }, uniquingKeysWith: { a, _ in a })
  }

  mutating func add(_ result: CheckResult, to output: inout [UInt8]) {
    let findings = result.findings + result.suppressed
    guard !findings.isEmpty else { return }
    let path = result.reference.map { ProjectPath($0, context) }
    let isFull = findings.allSatisfy { written + (held[$0.severity]?.count ?? 0) >= limit }
    if isFull { return omitted += findings.count }
    let fingerprints = Fingerprint.all(of: findings, at: path, by: result.policy)
    for (index, (finding, fingerprint)) in fingerprints.enumerated() {
      var json = JSONWriter()
      let isSuppressed = index >= result.findings.count
      write(
        finding, result.message(of: finding), fingerprint, at: path, isSuppressed: isSuppressed, to: &json)
      if finding.severity != .error || isSuppressed {
        if held[finding.severity, default: []].count < limit {
          held[finding.severity, default: []].append(json.bytes)
        } else {
          omitted += 1
        }
      } else {
        write(json.bytes, to: &output)
      }
    }
    if let path { artifacts.append(artifact(result, at: path)) }
  }

  mutating func finish(_ summary: Summary, to output: inout [UInt8]) {
    for severity in Severity.allCases { for result in held[severity] ?? [] { write(result, to: &output) } }
    begin(&output)
    var json = JSONWriter()
    json.array { json in
      json.object { json in
        json.key("executionSuccessful")
        json.bool(summary.unjudged == 0 && !summary.isInterrupted)
        if omitted > 0 {
          json.key("toolExecutionNotifications")
          json.array { json in
            json.object { json in
              json.member("level", "warning")
              json.key("message")
              json.object {
                $0.member(
                  "text",
                  "\(omitted) more findings are omitted: code scanning accepts \(limit) results per run.")
              }
            }
          }
        }
      }
    }
    output += Array("\n],\"artifacts\":[".utf8) + artifacts.bytes
    output += Array("\n],\"invocations\":".utf8) + json.bytes + Array("}]}\n".utf8)
  }

  private mutating func write(_ result: [UInt8], to output: inout [UInt8]) {
    if written >= limit { return omitted += 1 }
    begin(&output)
    if written > 0 { output.append(0x2c) }
    output.append(0x0a)
    output += result
    written += 1
  }

  private mutating func begin(_ output: inout [UInt8]) {
    if isBegun { return }
    isBegun = true
    output += head()
  }

  private func head() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      json.member("version", "2.1.0")
      json.key("runs")
      json.array { json in
        json.object { json in
          json.key("tool")
          json.object { json in
            json.key("driver")
            json.object { json in
              json.member("name", "preflight")
              json.member("version", context.version)
              json.member("informationUri", ProjectHome.url)
              json.key("rules")
              json.array { json in for explanation in context.explanations { write(explanation, to: &json) } }
            }
          }
          if let root = context.root {
            json.key("originalUriBaseIds")
            json.object { json in
              json.key("SRCROOT")
              json.object { $0.member("uri", ProjectPath.uri(ofFolder: root)) }
            }
          }
          json.member("columnKind", "unicodeCodePoints")
          json.key("results")
          json.array { _ in }
        }
      }
    }
    // The closing brackets of results, run, runs and document are written after the results.
    return json.bytes.dropLast(4)
  }

  private func write(_ explanation: Explanation, to json: inout JSONWriter) {
    json.object { json in
      json.member("id", explanation.code.rawValue)
      json.member("name", Self.pascalCase(explanation.code.rawValue))
      json.key("shortDescription")
      json.object { $0.member("text", explanation.title + ".") }
      json.key("fullDescription")
      json.object { $0.member("text", explanation.reason) }
      if let page = ProjectHome.page(of: explanation.code) { json.member("helpUri", page) }
      json.key("help")
      json.object {
        $0.member("text", "\(explanation.reason)\n\n\(explanation.remedy)\n\nSource: \(explanation.source)")
        $0.member(
          "markdown",
          "\(explanation.reason)\n\n**How to fix it:** \(explanation.remedy)\n\n*Source: \(explanation.source)*"
        )
      }
      json.key("defaultConfiguration")
      json.object { $0.member("level", explanation.severity.rawValue) }
    }
  }

  private func write(
    _ finding: Finding, _ message: String, _ fingerprint: String, at path: ProjectPath?, isSuppressed: Bool,
    to json: inout JSONWriter
  ) {
    json.object { json in
      json.member("ruleId", finding.code.rawValue)
      if let index = ruleIndex[finding.code] { json.member("ruleIndex", index) }
      json.member("level", finding.severity.rawValue)
      json.key("message")
      json.object { json in
        let remedy = finding.remedy.map { " " + $0 } ?? ""
        // `[text](target)` would be a link (section 3.11.6).
        let text = VisibleText.replacing("](", with: "\\](", in: message + remedy)
        json.member("text", VisibleText.oneLine(text))
      }
      if let path {
        json.key("locations")
        json.array { json in
          json.object { json in
            json.key("physicalLocation")
            json.object { json in
              json.key("artifactLocation")
              json.object { json in
                location(path, to: &json)
                json.member("index", artifacts.count)
              }
              json.key("region")
              json.object { json in
                json.member("startLine", 1)
                if let offset = finding.offset { json.member("byteOffset", offset) }
              }
            }
          }
        }
      }
      if isSuppressed {
        json.key("suppressions")
        json.array { json in
          json.object { json in
            json.member("kind", "external")
            json.member("justification", "This finding is in the baseline.")
          }
        }
      }
      json.key("partialFingerprints")
      json.object { $0.member("preflight/v1", fingerprint) }
    }
  }

  private func artifact(_ result: CheckResult, at path: ProjectPath) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.key("location")
      json.object { location(path, to: &$0) }
      if let length = result.byteCount { json.member("length", length) }
      if let type = result.mediaType { json.member("mimeType", type.rawValue) }
    }
    return json.bytes
  }

  private func location(_ path: ProjectPath, to json: inout JSONWriter) {
    json.member("uri", path.uri)
    if path.isRelative, context.root != nil { json.member("uriBaseId", "SRCROOT") }
  }

  private static func pascalCase(_ name: String) -> String {
    name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
