import Benchmark
import MediaPreflight
import PreflightReports

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .peakMemoryResident], maxDuration: .seconds(1))
  readers()
  engine()
  policies()
  requests()
  reports()
}

/// Readers without a policy, from memory and from a file that is opened each time.
private func readers() {
  let engine = Preflight()
  for path in Fixtures.perFormat {
    Benchmark("Reader: \(path), from memory", configuration: .init(scalingFactor: .kilo)) {
      (benchmark, source: MemorySource) in
      for _ in benchmark.scaledIterations { blackHole(try engine.inspect(source)) }
    } setup: {
      MemorySource(try Fixtures.bytes(path))
    }
    Benchmark("Reader: \(path), from a file", configuration: .init(scalingFactor: .kilo)) { benchmark in
      let name = FilePath(Fixtures.folder + path)
      for _ in benchmark.scaledIterations { blackHole(try engine.inspect(fileAt: name)) }
    }
  }
}

/// The full check of every fixture with each policy, on one thread.
private func engine() {
  for policy in Policy.builtInNames {
    Benchmark("Engine: every fixture, \(policy)") { (_, prepared: (engine: Preflight, names: [FilePath])) in
      for name in prepared.names { blackHole(try prepared.engine.check(fileAt: name)) }
    } setup: {
      (Preflight(policy: try builtIn(policy)), try Fixtures.paths().map { FilePath($0) })
    }
  }
  Benchmark("Engine: new engine, one JPEG", configuration: .init(scalingFactor: .one)) { _ in
    blackHole(try Preflight().check(fileAt: FilePath(Fixtures.folder + "pictures/rgb.jpg")))
  }
}

/// Parsing of a policy.
private func policies() {
  for name in Policy.builtInNames {
    Benchmark("Policy: \(name)") { (_, text: String) in
      blackHole(try Policy(parsing: text, name: name))
    } setup: {
      guard let text = Policy.builtInText(named: name) else { throw Missing(what: "the policy \(name)") }
      return text
    }
  }
}

/// Checks of a message's fields, and preparation of the request if it is valid.
private func requests() {
  let valid = MessageRequest(
    to: "+49 151 23456789", mediaURL: "https://example.com/table.pdf", caption: "The table",
    filename: "table.pdf")
  let invalid = MessageRequest(
    to: "0151", mediaURL: "http://localhost/table", caption: String(repeating: "word ", count: 300),
    unknownFields: ["url"])
  for (what, request) in [("valid", valid), ("invalid", invalid)] {
    Benchmark("Request: \(what)", configuration: .init(scalingFactor: .kilo)) {
      (benchmark, engine: Preflight) in
      for _ in benchmark.scaledIterations { blackHole(engine.check(request, as: .document)) }
    } setup: {
      Preflight()
    }
  }
}

/// Each report for the results of every fixture, twice.
private func reports() {
  for format in ReportFormat.all {
    Benchmark("Report: \(format.name)") { (benchmark, results: [CheckResult]) in
      var report = format.make(ReportContext(policy: "waconnect", version: "0"))
      var summary = Summary()
      var output: [UInt8] = []
      for result in results {
        summary.count(result)
        report.add(result, to: &output)
      }
      report.finish(summary, to: &output)
      blackHole(output)
    } setup: {
      let engine = Preflight()
      let results = try Fixtures.paths().map { try engine.check(fileAt: FilePath($0)) }
      return results + results
    }
  }
}

private func builtIn(_ name: String) throws -> Policy {
  guard let policy = Policy.builtIn(named: name) else { throw Missing(what: "the policy \(name)") }
  return policy
}

/// A missing part of the repository.
private struct Missing: Error {
  let what: String
}
