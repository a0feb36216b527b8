public import MediaPreflight

/// One result per line, as JSON.
public struct NDJSONReport: Report {
  /// Creates a report.
  public init() {}

  /// Adds a result.
  public func add(_ result: CheckResult, to output: inout [UInt8]) {
    var json = JSONWriter()
    json.result(result)
    json.endLine()
    output += json.bytes
  }

  /// Completes the report.
  public func finish(_: Summary, to _: inout [UInt8]) {}
}
