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

/// A reader alone: what the bytes are, no policy asked; from memory, and from a file that is opened anew.
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

/// All of it: every fixture read, held against a policy, and judged, on one thread.
private func engine() {
  for policy in Policy.builtInNames {
    Benchmark("Engine: every fixture, \(policy)") { (_, prepared: (engine: Preflight, names: [FilePath])) in
      for name in prepared.names { blackHole(try prepared.engine.check(fileAt: name)) }
    } setup: {
      (Preflight(policy: try builtIn(policy)), try Fixtures.paths().map { FilePath($0) })
    }
  }
  Benchmark("Engine: made anew, one JPEG", configuration: .init(scalingFactor: .one)) { _ in
    blackHole(try Preflight().check(fileAt: FilePath(Fixtures.folder + "pictures/rgb.jpg")))
  }
}

/// A policy's text into a policy.
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

/// A message judged by its fields, and prepared as a call where nothing is wrong with it.
private func requests() {
  let sound = MessageRequest(
    to: "+49 151 23456789", mediaURL: "https://example.com/table.pdf", caption: "The table",
    filename: "table.pdf")
  let unsound = MessageRequest(
    to: "0151", mediaURL: "http://localhost/table", caption: String(repeating: "word ", count: 300),
    unknownFields: ["url"])
  for (what, request) in [("sound", sound), ("unsound", unsound)] {
    Benchmark("Request: \(what)", configuration: .init(scalingFactor: .kilo)) {
      (benchmark, engine: Preflight) in
      for _ in benchmark.scaledIterations { blackHole(engine.check(request, as: .document)) }
    } setup: {
      Preflight()
    }
  }
}

/// Each report over the results of every fixture, twice.
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

/// Something that is part of the repository isn't there.
private struct Missing: Error {
  let what: String
}
