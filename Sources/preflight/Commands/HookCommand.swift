import SystemPackage
import PreflightInspection
import ArgumentParser
import MediaPreflight
import PreflightFix
import PreflightProject
import PreflightReports
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct HookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook",
    abstract: "Answer requests from another program, one JSON object per line.",
    discussion: """
      Each line of standard input is one request, a JSON object. It is answered at once with one line: a result, \
      as in 'check --format ndjson'. Keys: file (a path, a URL or media-id:DIGITS), endpoint, declaredType, depth, \
      probe, fix, id, and the fields of the policy's requests (to, mediaUrl, mediaId, caption, filename, phoneNumberId). \
      With "probe": true, what mediaUrl or mediaId refers to is fetched and checked. With "fix": true, a rejected file \
      is fixed as 'preflight fix' does, if --fix-to says where to. The id, text or a number, comes back \
      unchanged. A line that is not a JSON object, or has a key twice, is answered with invalid-request.

      A request with a file and an endpoint checks only the file; a request without a file checks its fields. Up to \
      64 MiB of requests are buffered while the caller doesn't read answers. A configuration is read only with --config; an endpoint in the \
      request overrides it. The hook ends when its input ends.

      A request, and its answer shortened:

        {"id": 7, "file": "photo.jpg", "endpoint": "image"}
        {"id": 7, "path": "photo.jpg", "verdict": "accepted", "findings": [], …}

      Exit status: 0 if everything was accepted; 1 if a request was rejected; 2 if a file couldn't be read, or an \
      option, the configuration or the policy is invalid. With --fail-on never, 0 whatever the verdicts.
      """)

  @OptionGroup var policy: PolicyOptions
  @OptionGroup var configuration: ConfigOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Reject files with warnings too (--fail-on warning changes only the exit status).")
  var strict: Bool?

  @OptionGroup var jobs: JobOptions

  @Flag(help: "Write answers as they are ready, not in the order of the requests; match them by id.")
  var unordered = false

  @Option(
    help: ArgumentHelp(
      "Folder for fixed files, of requests with \"fix\": true; each is named by its content.",
      valueName: "DIR"))
  var fixTo: FilePath?

  @OptionGroup(title: "URLs") var fetching: FetchOptions

  @OptionGroup var failOn: FailOnOption

  @OptionGroup var sandbox: SandboxOptions

  func run() throws {
    let project = try configuration.project(Settings(policy, isStrict: strict))
    let fetcher = try FetchClient(fetching)
    let fixer = try fixTo.map(FixClient.init(writingTo:))
    let base = project.baseSettings
    let settings = Mutex(project)
    @Sendable func hookSettings(_ settings: FileSettings, endpoint: Endpoint?) -> HookSettings {
      HookSettings(settings.engine, endpoint: endpoint, fixer: fixer?.fixer(settings.recipe)) {
        $0.planFix(with: $1)
      }
    }
    let hook = Hook(
      hookSettings(base, endpoint: nil), fetcher: fetcher,
      allowsPrivateHosts: fetching.allowPrivateHosts)
    // If the caller no longer reads, writes must fail with EPIPE, whatever signal disposition it left.
    signal(SIGPIPE, SIG_IGN)
    sandbox.enter(exchangingOn: [fetcher.socket, fixer?.socket].compactMap { $0 })
    fetcher.start()
    fixer?.start()
    let run = HookRun(jobs: jobs.count(atLeast: 4), keepsOrder: !unordered) { line in
      if line.isTooLong { return hook.tooLong(number: line.number) }
      return try hook.answer(line.text, number: line.number) { path in
        settings.withLock { project in
          let settings = project.settings(ofFileAt: path)
          return hookSettings(settings, endpoint: settings.endpoint)
        }
      }
    }
    do {
      let summary = try run.run()
      // With `never`, unreadable files don't count either: the caller has read each verdict.
      if failOn.value != .never { try FileRun.exit(summary, failOn: failOn.value) }
    } catch let error as SnifferError {
      throw Failure(error.description)
    } catch let error as ByteSourceError { throw Failure("standard input: \(error)") }
  }
}
