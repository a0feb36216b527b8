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

/// A run over files: walks, judges on several threads, shows in order, and counts.
enum FileRun {
  static func run(
    _ files: FileOptions, _ reports: ReportOptions, _ sandbox: SandboxOptions, in project: Project,
    hasPolicy: Bool, writing written: [FilePath] = [],
    judge: @escaping @Sendable (FoundFile, FileSettings) throws -> CheckResult
  ) throws -> Summary {
    var walk = FileWalk(try files.names(), in: project)
    // Every configuration is read before anything is judged or any report begun.
    do { try walk.survey() } catch { throw Failure(error) }
    if let mistake = project.endpointMistake { throw Failure(mistake) }
    let sink = try ReportSink(reports, context: reports.context(policy: hasPolicy ? project.policyName : nil))
    // No thread has been started yet: interrupts, progress and the work have their own.
    sandbox.enter(writing: written)
    let run = OrderedRun(jobs: files.jobs.count) { (file: FoundFile) in
      do {
        let start = ContinuousClock.now
        var result = try judge(file, file.settings.get())
        result.elapsed = ContinuousClock.now - start
        result.isFoundInFolder = !file.isNamed
        return result
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
    if summary.checked == 0 {
      if files.requireFiles { throw Failure("no files to check") }
      Terminal.note("no files to check")
    }
    return summary
  }

  /// Ends with the status that a run's counts call for.
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

/// The reports of one run and where they go.
private final class ReportSink {
  private final class Target {
    var report: any Report
    var output: Output
    /// Whether nobody reads the output any more.
    var isClosed = false

    init(_ report: any Report, _ output: consuming Output) {
      self.report = report
      self.output = output
    }
  }

  private(set) var progress: Progress?

  private var targets: [Target] = []
  private var summary = Summary()

  init(_ options: ReportOptions, context: ReportContext) throws {
    // A pipe that nobody reads any more is an error here, so that the other reports are still written.
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

  /// All findings, annotated or not, for the page of a step in a GitHub workflow. What the step has written
  /// there before counts towards the limit. A run doesn't fail for want of it.
  private static func stepSummary(_ context: ReportContext) -> Target? {
    guard let path = Terminal.environment("GITHUB_STEP_SUMMARY"), !path.isEmpty else { return nil }
    do {
      let output = try Output(path: FilePath(path), isAppending: true)
      let room = ReportFormat.stepSummaryLimit - output.byteCount
      return room < 4096 ? nil : Target(ReportFormat.stepSummary(context, room: room), output)
    } catch {
      Terminal.note("the step summary: \(error.message)")
      return nil
    }
  }

  func add(_ result: CheckResult) throws {
    summary.count(result)
    progress?.advance()
    try write(mustFlush: false) { $0.add(result, to: &$1) }
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

  /// Ends the reports with what was found so far, and the process with the signal's status.
  func abandon(signal: Int32) -> Never {
    summary.isInterrupted = true
    do { _ = try finish() } catch let failure as Failure { Terminal.note(failure.message) } catch {
      // Nobody reads on: there is nobody to tell.
    }
    Terminal.note("interrupted after \(summary.checked == 1 ? "1 file" : "\(summary.checked) files")")
    Terminal.exitAtOnce(128 + signal)
  }

  private func write(mustFlush: Bool, _ body: (inout any Report, inout [UInt8]) -> Void) throws {
    for target in targets where !target.isClosed {
      var bytes: [UInt8] = []
      body(&target.report, &bytes)
      do {
        // What goes to a file leaves the line where it is.
        let erases = target.output.isTerminal
        try target.output.append(bytes, mustFlush: mustFlush) { if erases { progress?.erase() } }
      } catch is ClosedPipe where targets.contains(where: { $0 !== target && !$0.isClosed }) {
        target.isClosed = true
      }
    }
  }
}
