import MediaPreflight

/// SARIF 2.1.0 (OASIS), for code scanning services.
///
/// Every code is a rule with its help. A place in a binary file is its byte offset; `startLine` stands
/// beside it because GitHub drops results without one.
struct SARIFReport: Report {
  private let context: ReportContext
  private var isEmpty = true
  private let ruleIndex: [FindingCode: Int]

  init(_ context: ReportContext) {
    self.context = context
    ruleIndex = Dictionary(
      Explanation.all.enumerated().map { ($0.element.code, $0.offset) }, uniquingKeysWith: { a, _ in a })
  }

  mutating func add(_ result: CheckResult, to output: inout [UInt8]) {
    if isEmpty, !result.findings.isEmpty { begin(&output) }
    for (finding, fingerprint) in Fingerprint.all(of: result) {
      if !isEmpty { output.append(0x2c) }
      output.append(0x0a)
      isEmpty = false
      var json = JSONWriter()
      write(finding, fingerprint, of: result, to: &json)
      output += json.bytes
    }
  }

  mutating func finish(_ summary: Summary, to output: inout [UInt8]) {
    if isEmpty { begin(&output) }
    var json = JSONWriter()
    json.array { json in
      json.object { json in
        json.key("executionSuccessful")
        json.bool(summary.unreadable == 0)
      }
    }
    output += Array("\n],\"invocations\":".utf8) + json.bytes + Array("}]}\n".utf8)
  }

  private func begin(_ output: inout [UInt8]) {
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
              json.key("rules")
              json.array { json in for explanation in Explanation.all { write(explanation, to: &json) } }
            }
          }
          if let root = context.root {
            json.key("originalUriBaseIds")
            json.object { json in
              json.key("SRCROOT")
              json.object { $0.member("uri", PathURI(root, root: nil).text + "/") }
            }
          }
          json.member("columnKind", "unicodeCodePoints")
          json.key("results")
          json.array { _ in }
        }
      }
    }
    // The closing brackets of results, run, runs and document are written when the results are.
    output += json.bytes.dropLast(4)
  }

  private func write(_ explanation: Explanation, to json: inout JSONWriter) {
    json.object { json in
      json.member("id", explanation.code.rawValue)
      json.member("name", Self.pascalCase(explanation.code.rawValue))
      json.key("shortDescription")
      json.object { $0.member("text", explanation.title + ".") }
      json.key("fullDescription")
      json.object { $0.member("text", explanation.reason) }
      json.key("help")
      json.object {
        $0.member("text", "\(explanation.reason)\n\n\(explanation.remedy)\n\nSource: \(explanation.source)")
        $0.member(
          "markdown",
          "\(explanation.reason)\n\n**How to mend it:** \(explanation.remedy)\n\n*Source: \(explanation.source)*"
        )
      }
      json.key("defaultConfiguration")
      json.object { $0.member("level", explanation.severity.rawValue) }
    }
  }

  private func write(
    _ finding: Finding, _ fingerprint: String, of result: CheckResult, to json: inout JSONWriter
  ) {
    json.object { json in
      json.member("ruleId", finding.code.rawValue)
      if let index = ruleIndex[finding.code] { json.member("ruleIndex", index) }
      json.member("level", finding.severity.rawValue)
      json.key("message")
      json.object { json in
        let remedy = finding.remedy.map { " " + $0 } ?? ""
        json.member("text", finding.message + remedy)
      }
      if let name = result.name {
        json.key("locations")
        json.array { json in
          json.object { json in
            json.key("physicalLocation")
            json.object { json in
              let uri = PathURI(name, root: context.root)
              json.key("artifactLocation")
              json.object { json in
                json.member("uri", uri.text)
                if uri.isRelative, context.root != nil { json.member("uriBaseId", "SRCROOT") }
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
      json.key("partialFingerprints")
      json.object { $0.member("preflight/v1", fingerprint) }
    }
  }

  private static func pascalCase(_ name: String) -> String {
    name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
