import MediaPreflight
import PreflightChannel
import PreflightFix
import PreflightProject
import PreflightReports
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A run that fixes files: finds them, fixes each on several threads, and reports in order.
struct FixRun {
  let files: FileOptions
  let outputs: FixOutputOptions
  let reports: FixReportOptions
  let fetching: FetchOptions
  let project: Project

  func run() throws {
    // A list on standard input can be read only once, so the names are kept.
    var named: [Reference] = []
    var iterator = try files.names().makeIterator()
    do { while let name = try iterator.next() { named.append(name) } } catch {
      throw Failure("\(files.filesFrom?.display ?? ""): \(error)")
    }
    let names = NameList(named)
    var walk = FileWalk(names, in: project)
    do { try walk.survey() } catch { throw Failure(error) }
    if let error = project.optionError { throw Failure(error) }
    var found: [FoundFile] = []
    while let file = try walk.next() { found.append(file) }
    let places = FixOutputs(outputs, named: named)
    let fetcher = names.leadsOverTheNetwork ? try FetchClient(fetching) : nil
    let work = FixWork(
      files: files, outputs: outputs, places: places,
      progress: FixProgress(of: found.count, isQuiet: reports.quiet),
      fetcher: fetcher, readers: FixReaders(fetcher))
    fetcher?.start()
    try checkOutputs(found, work)
    signal(SIGPIPE, SIG_IGN)
    try fix(found, work)
  }

  // MARK: Before anything is written

  private func checkOutputs(_ found: [FoundFile], _ work: FixWork) throws {
    if outputs.output != nil, found.count > 1 {
      throw Failure("--output is for one file, and there are \(found.count); use --output-dir")
    }
    for file in found where FileOptions.isStandardInput(file) && outputs.output == nil && !outputs.dryRun {
      throw Failure("standard input needs --output")
    }
    if let output = outputs.output, let file = found.first, NewFile.areSame(output, file.name) {
      throw Failure("\(output.display) is the file itself; --in-place replaces it")
    }
    if outputs.inPlace, let file = found.first(where: { $0.reference.path == nil }) {
      throw Failure("\(file.reference.display) can't be replaced in place")
    }
    // Only files whose outputs may differ in nothing but the extension can collide.
    let groups = Dictionary(grouping: found, by: work.places.stem(for:)).values.filter { $0.count > 1 }
    for group in groups {
      var taken: [FilePath: Reference] = [:]
      for file in group {
        // What is accepted stays where it is.
        guard let output = try work.planned(file) ?? (outputs.inPlace ? file.reference.path : nil) else {
          continue
        }
        if let other = taken[output] {
          throw Failure("\(other.display) and \(file.reference.display) would both become \(output.display)")
        }
        taken[output] = file.reference
      }
    }
  }

  // MARK: Fixing

  private func fix(_ found: [FoundFile], _ work: FixWork) throws {
    let run = OrderedRun(jobs: files.jobs.count(atLeast: work.fetcher != nil ? 16 : 1)) { (file: FoundFile) in
      try work.fixAndWrite(file)
    }
    let interrupts = Interrupts { signal in
      Unfinished.abandonAll()
      run.interrupt(by: signal)
    }
    var report = makeReport()
    var output = Output()
    var summary = Summary()
    var failures: [String] = []
    var warnings: [String] = []
    var counts = FixCounts()
    var rest = found[...]
    do {
      defer { interrupts.end() }
      try run.run(next: { rest.popFirst() }) { done in
        summary.count(done.result)
        counts.count(done.result)
        if let failure = done.failure { failures.append(failure) }
        if let warning = done.warning { warnings.append(warning) }
        var bytes: [UInt8] = []
        report.add(done.result, to: &bytes)
        work.progress?.erase()
        try output.append(bytes, mustFlush: true) {}
      }
    } catch let interrupted as Interrupted {
      Terminal.write(
        .note, "interrupted after \(summary.checked == 1 ? "1 file" : "\(summary.checked) files")")
      Terminal.exitAtOnce(128 + interrupted.signal)
    }
    var bytes: [UInt8] = []
    report.finish(summary, to: &bytes)
    try output.append(bytes, mustFlush: true) {}
    for warning in warnings { Terminal.write(.warning, warning) }
    for failure in failures { Terminal.write(.error, failure) }
    if summary.checked == 0 {
      if files.requireFiles { throw Failure("no files to fix") }
      Terminal.write(.warning, "no files to fix")
    }
    if !failures.isEmpty || counts.unjudged > 0 { throw ExitStatus.notJudged }
    if counts.failed > 0 { throw ExitStatus.rejected }
  }

  private func makeReport() -> any Report {
    let isTerminal = Terminal.isTerminal(STDOUT_FILENO)
    let context = ReportContext(
      policy: project.policyName, codes: project.codes, version: Version.current,
      usesColor: reports.color.isEnabled(onTerminal: isTerminal),
      listing: reports.quiet ? .errors : .findings,
      width: (isTerminal ? Terminal.width(STDOUT_FILENO) : nil) ?? Terminal.standardWidth)
    return switch reports.format {
    case .human: FixReport(context, isDryRun: outputs.dryRun)
    case .json: JSONReport(context)
    case .ndjson: NDJSONReport()
    }
  }
}

/// What became of the files of a run.
private struct FixCounts {
  private(set) var failed = 0
  private(set) var unjudged = 0

  mutating func count(_ result: CheckResult) {
    if result.isUnreadable {
      unjudged += 1
    } else if let fix = result.fix, fix.reason != nil || fix.verdict == .rejected {
      failed += 1
    }
  }
}
