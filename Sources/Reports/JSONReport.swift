public import MediaPreflight

/// One JSON document: the run, its results, and the counts. The counts come last, so that results can be streamed.
public struct JSONReport: Report {
  private let context: ReportContext
  private var isEmpty = true

  /// Creates a report.
  public init(_ context: ReportContext) { self.context = context }

  /// Adds a result.
  public mutating func add(_ result: CheckResult, to output: inout [UInt8]) {
    if isEmpty { begin(&output) } else { output.append(0x2c) }
    output.append(0x0a)
    isEmpty = false
    var json = JSONWriter()
    json.result(result)
    output += json.bytes
  }

  /// Completes the report.
  public mutating func finish(_ summary: Summary, to output: inout [UInt8]) {
    if isEmpty { begin(&output) }
    output += Array("\n],\"summary\":".utf8)
    var json = JSONWriter()
    json.summary(summary)
    output += json.bytes
    output += Array("}\n".utf8)
  }

  private func begin(_ output: inout [UInt8]) {
    var json = JSONWriter()
    json.object {
      $0.member("schemaVersion", 2)
      $0.key("tool")
      $0.object {
        $0.member("name", "preflight")
        $0.member("version", context.version)
      }
      $0.member("policy", context.policy)
      $0.key("results")
      $0.array { _ in }
    }
    // The closing brackets are written after the results.
    output += json.bytes.dropLast(2)
  }
}

extension JSONWriter {
  /// Writes the counts of a run.
  mutating func summary(_ summary: Summary) {
    object { json in
      json.member("checked", summary.checked)
      json.member("accepted", summary.accepted)
      json.member("rejected", summary.rejected)
      json.member("unjudged", summary.unjudged)
      json.member("warnings", summary.warnings)
      if summary.suppressed > 0 { json.member("suppressed", summary.suppressed) }
      if !summary.policies.isEmpty {
        json.key("policies")
        json.array { json in
          for policy in summary.policies {
            json.object { json in
              json.member("name", policy.name)
              json.member("checked", policy.checked)
              json.member("accepted", policy.accepted)
            }
          }
        }
      }
      if summary.isInterrupted {
        json.key("interrupted")
        json.bool(true)
      }
    }
  }
}
