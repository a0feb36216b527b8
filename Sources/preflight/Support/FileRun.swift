import SystemPackage
import PreflightInspection
import ArgumentParser
import MediaPreflight
import PreflightProject
import PreflightReports

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A run over files: finds the files, checks them on several threads, and reports and counts the results in order.
enum FileRun {
  static func run(
    _ files: FileOptions, _ reports: ReportOptions, _ sandbox: SandboxOptions, in project: Project,
    hasPolicy: Bool, writing written: [FilePath] = [],
    fetching: FetchOptions, fix: FixCommandLine? = nil,
    check: @escaping @Sendable (FoundFile, FileSettings, CheckOptions) throws -> [CheckResult]
  ) throws -> Summary {
    let names = try files.names()
    var walk = FileWalk(names, in: project)
    // All configurations are read before any file is checked or any report is opened.
    do { try walk.survey() } catch { throw Failure(error) }
    if let error = project.optionError { throw Failure(error) }
    var context = reports.context(policy: hasPolicy ? project.policyName : nil, codes: project.codes)
    context.fix = fix
    let sink = try ReportSink(reports, context: context)
    let leadsOverTheNetwork = names.leadsOverTheNetwork
    let fetching = leadsOverTheNetwork ? try FetchClient(fetching) : nil
    // This must precede all other threads: those for interrupts, progress and checks.
    sandbox.enter(writing: written, exchangingOn: fetching.map { [$0.socket] } ?? [])
    fetching?.start()
    let run = OrderedRun(jobs: files.jobs.count(atLeast: leadsOverTheNetwork ? 16 : 1)) { (file: FoundFile) in
      do {
        let start = ContinuousClock.now
        var options = CheckOptions()
        options.fetcher = fetching
        options.allowsPrivateHosts = fetching?.allowsPrivateHosts ?? false
        var results = try check(file, file.settings.get(), options)
        let elapsed = ContinuousClock.now - start
        for index in results.indices {
          results[index].elapsed = elapsed
          results[index].isFoundInFolder = !file.isNamed
        }
        return results
      } catch let error as ConfigurationError {
        throw Failure(error)
      } catch let error as SnifferError { throw Failure(error.description) }
    }
    let interrupts = Interrupts { run.interrupt(by: $0) }
    sink.beginProgress(reports)
    defer { sink.endProgress() }
    var taken = 0
    do {
      defer { interrupts.end() }
      try run.run(
        next: {
          let next: FoundFile?
          do { next = try walk.next() } catch {
            throw Failure("\(files.filesFrom?.display ?? ""): \(error)")
          }
          if next == nil { sink.progress?.expect(taken) } else { taken += 1 }
          return next
        }, emit: sink.add)
    } catch let interrupted as Interrupted { sink.abandon(signal: interrupted.signal) }
    let summary = try sink.finish()
    if let problem = sink.unjudged { Terminal.write(.error, problem) }
    if summary.checked == 0 {
      if files.requireFiles { throw Failure("no files to check") }
      Terminal.write(.warning, "no files to check")
    }
    return summary
  }

  /// Throws the exit status for a run's counts, if it isn't 0.
  static func exit(_ summary: Summary, failOn: FailOn = .error) throws {
    if summary.unjudged > 0 { throw ExitStatus.notJudged }
    let fails =
      switch failOn {
      case .error: summary.rejected > 0
      case .warning: summary.rejected > 0 || summary.warnings > 0
      case .never: false
      }
    if fails { throw ExitStatus.rejected }
  }
}

/// The reports of one run and their outputs.
private final class ReportSink {
  private final class Target {
    var report: any Report
    var output: Output
    /// Whether the reader of the output has closed it.
    var isClosed = false

    init(_ report: any Report, _ output: consuming Output) {
      self.report = report
      self.output = output
    }
  }

  private(set) var progress: Progress?

  private var targets: [Target] = []
  private var summary = Summary()
  private var firstUnjudged: CheckResult?
  private var unjudgedFiles = 0

  init(_ options: ReportOptions, context: ReportContext) throws {
    // Turn a closed pipe into a write error, so that the other reports are still written.
    signal(SIGPIPE, SIG_IGN)
    let format = try options.mainFormat
    let main = if let path = options.output { try Output(path: path) } else { Output() }
    targets.append(Target(format.make(context), main))
    for text in options.report {
      let (format, path) = try ReportOptions.split(text)
      var plain = context
      plain.usesColor = false
      plain.usesLinks = false
      plain.width = Terminal.standardWidth
      targets.append(Target(format.make(plain), try Output(path: path)))
    }
    if format.name == "github", let summary = Self.stepSummary(context) { targets.append(summary) }
  }

  /// The step summary of a GitHub workflow, with all findings. Earlier output of the step counts towards the limit. If it
  /// can't be written, the run continues.
  private static func stepSummary(_ context: ReportContext) -> Target? {
    guard let path = Terminal.environment("GITHUB_STEP_SUMMARY"), !path.isEmpty else { return nil }
    do {
      let output = try Output(path: FilePath(path), isAppending: true)
      let room = ReportFormat.stepSummaryLimit - output.byteCount
      return room < 4096 ? nil : Target(ReportFormat.stepSummary(context, room: room), output)
    } catch {
      Terminal.write(.warning, "step summary: \(error.message)")
      return nil
    }
  }

  /// What to say of files that couldn't be read; nil if there are none. A report may be in a file that nobody opens, so
  /// standard error has the reason for the exit status.
  var unjudged: String? {
    guard let first = firstUnjudged else { return nil }
    let count = unjudgedFiles
    return count == 1
      ? "1 file could not be checked: \(first.logLine)"
      : "\(count) files could not be checked, the first: \(first.logLine)"
  }

  /// Adds the results of one file.
  func add(_ results: [CheckResult]) throws {
    progress?.advance()
    // What can't be read can't be read for any policy.
    if let first = results.first, first.isUnreadable {
      unjudgedFiles += 1
      if firstUnjudged == nil { firstUnjudged = first }
    }
    for result in results {
      summary.count(result)
      try write(mustFlush: false) { $0.add(result, to: &$1) }
    }
  }

  func finish() throws -> Summary {
    progress?.end()
    let summary = summary
    try write(mustFlush: true) { $0.finish(summary, to: &$1) }
    return summary
  }

  func beginProgress(_ options: ReportOptions) {
    progress = options.noProgress || options.quiet ? nil : Progress()
  }

  func endProgress() { progress?.end() }

  /// Completes the reports with the results so far, and exits with the signal's status.
  func abandon(signal: Int32) -> Never {
    summary.isInterrupted = true
    do { _ = try finish() } catch let failure as Failure { Terminal.write(.error, failure.message) } catch {
      // The output is closed, so there is nowhere to report it.
    }
    Terminal.write(.note, "interrupted after \(summary.checked == 1 ? "1 file" : "\(summary.checked) files")")
    Terminal.exitAtOnce(128 + signal)
  }

  private func write(mustFlush: Bool, _ body: (inout any Report, inout [UInt8]) -> Void) throws {
    for target in targets where !target.isClosed {
      var bytes: [UInt8] = []
      body(&target.report, &bytes)
      do {
        // Only output to a terminal needs the progress line erased.
        let erases = target.output.isTerminal
        try target.output.append(bytes, mustFlush: mustFlush) { if erases { progress?.erase() } }
      } catch is ClosedPipe where targets.contains(where: { $0 !== target && !$0.isClosed }) {
        target.isClosed = true
      }
    }
  }
}
