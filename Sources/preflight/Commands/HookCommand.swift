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

struct HookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook",
    abstract: "Answer requests from another program: JSON in, JSON out.",
    discussion: """
      Reads one JSON object per line, with the keys endpoint, file, declaredType and the fields of the \
      policy's requests (to, mediaUrl, mediaId, caption, filename, phoneNumberId), and writes one result per \
      line, in order, each as soon as it is done. A line that can't be read gets a result that says so. A \
      request with only a file and an endpoint is checked by the file alone. The hook ends with its input. A \
      configuration is used only where --config names it, so that no stray file changes the answers; an \
      endpoint in the request overrides it.
      """)

  @OptionGroup var policy: PolicyOptions
  @OptionGroup var configuration: ConfigOptions

  @Flag(inversion: .prefixedNo, help: "Let a warning reject as an error does.")
  var strict: Bool?

  @OptionGroup var sandbox: SandboxOptions

  func run() throws {
    let project = try configuration.project(Settings(policy, isStrict: strict))
    // The caller's end shows when it no longer reads, whatever it does about the signal.
    signal(SIGPIPE, SIG_IGN)
    sandbox.enter()
    var requests = RequestReader()
    var output = Output()
    var summary = Summary()
    let hook = Hook(project.baseSettings.engine)
    do {
      while let line = try requests.next() {
        let result =
          line.isTooLong
          ? hook.tooLong(number: line.number)
          : try hook.answer(line.text, number: line.number) { path in
            let settings = project.settings(ofFileAt: path)
            return (settings.engine, settings.endpoint)
          }
        summary.count(result)
        try output.append(result.json + [0x0a], mustFlush: true) {}
      }
    } catch let error as SnifferError {
      throw Failure(error.description)
    } catch let error as ByteSourceError { throw Failure("standard input: \(error)") }
    try FileRun.exit(summary)
  }
}
