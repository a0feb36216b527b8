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
      Reads one JSON object, or one per line, with the keys endpoint, file, to, mediaUrl, mediaId, caption, \
      filename, phoneNumberId and declaredType, and writes one result per request on a line of its own, in \
      order, each as soon as it is done. A line that can't be read gets a result that says so. A request \
      with nothing but a file and an endpoint is judged by the file alone. An object may stand over several \
      lines if the first of them ends with { or a comma. The end of the input ends the hook. A configuration \
      is taken only where --config names it, so that no stray file changes the answers; an endpoint in the \
      request holds over it.
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
    do {
      while let request = try requests.next() {
        let result = try answer(request, project)
        summary.count(result)
        var json = JSONWriter()
        json.result(result)
        json.endLine()
        try output.append(json.bytes, mustFlush: true) {}
      }
    } catch let error as SnifferError {
      throw Failure(error.description)
    } catch let error as ByteSourceError { throw Failure("standard input: \(error)") }
    try FileRun.exit(summary)
  }

  private func answer(_ line: RequestReader.Line, _ project: Project) throws -> CheckResult {
    let engine = project.baseSettings.engine
    if line.isTooLong {
      return engine.rejection(
        ofRequest: "line \(line.number) is too long", expected: "≤ \(RequestReader.maximumBytes) bytes")
    }
    let request: HookRequest
    do { request = try HookRequest(parsing: line.text) } catch {
      return engine.rejection(
        ofRequest: "line \(line.number) \(error.reason)", subject: error.subject, expected: error.expected,
        actual: error.actual)
    }
    if let file = request.file {
      let name = FilePath(file)
      let settings = project.settings(ofFileAt: name)
      return try settings.engine.check(
        fileAt: name, as: request.endpoint ?? settings.endpoint, declaredType: request.declaredType,
        sending: request.message)
    }
    guard let endpoint = request.endpoint else {
      return engine.rejection(
        ofRequest: "line \(line.number) has neither a file nor an endpoint", expected: "file or endpoint")
    }
    return engine.check(request.message ?? MessageRequest(), as: endpoint)
  }
}
