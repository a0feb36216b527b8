import MediaPreflight

/// One result per line, as JSON.
struct NDJSONReport: Report {
  func add(_ result: CheckResult, to output: inout [UInt8]) {
    var json = JSONWriter()
    json.result(result)
    json.endLine()
    output += json.bytes
  }

  func finish(_: Summary, to _: inout [UInt8]) {}
}
