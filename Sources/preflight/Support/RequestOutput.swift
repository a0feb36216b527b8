import ArgumentParser
import MediaPreflight
import PreflightChannel
import PreflightReports

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How a command that yields one request shows it: the request on standard output, findings on standard error.
struct RequestOutput: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Form of the request: json (the body), http (the whole message) or curl (a command).", valueName: "FORM"
    ))
  var form = RequestForm.json

  @Option(help: ArgumentHelp("Use color: auto, always or never.", valueName: "WHEN"))
  var color = ColorChoice.auto

  /// Writes the findings, if there are any, as text.
  func show(_ result: CheckResult, policy: Policy) {
    guard !result.findings.isEmpty, let human = ReportFormat.named("human") else { return }
    let usesColor = color.isEnabled(onTerminal: Terminal.isTerminal(STDERR_FILENO))
    var report = human.make(
      ReportContext(
        policy: policy.name, version: Version.current, usesColor: usesColor,
        width: Terminal.width(STDERR_FILENO) ?? Terminal.standardWidth))
    var bytes: [UInt8] = []
    report.add(result, to: &bytes)
    Terminal.write(bytes, to: STDERR_FILENO)
  }

  func write(_ prepared: PreparedRequest) throws {
    guard let text = form.text.text(of: prepared) else {
      throw Failure("an HTTP message of an upload would contain the file; use --as curl")
    }
    try Output.print(text)
  }
}

enum RequestForm: String, ExpressibleByArgument, CaseIterable {
  case json, http, curl

  var text: RequestText {
    switch self {
    case .json: .json
    case .http: .http
    case .curl: .curl
    }
  }
}
