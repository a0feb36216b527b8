import PreflightInspection
import ArgumentParser
import MediaPreflight
import PreflightChannel
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

struct PayloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payload",
    abstract: "Print the ready-to-send request for a file, or why it is rejected.",
    discussion: """
      The request is written to standard output. If it is rejected, the result is written to standard output as \
      JSON and the findings to standard error as text. Without FILE, only the fields of the request are checked. \
      At template-sample, which no message is sent to, the result is written in any case.

      Exit status: 0 if the request is ready; 1 if it is rejected; 2 if the file can't be read, or an option, a \
      configuration or a policy is invalid.
      """)

  @Argument(help: "File to send.")
  var file: Reference?

  @Option(
    help: ArgumentHelp(
      "Endpoint that the message is sent to: \(EndpointChoice.words) (default: auto).",
      valueName: "ENDPOINT"))
  var endpoint: EndpointChoice?

  @Option(help: ArgumentHelp("Recipient's phone number with country code.", valueName: "NUMBER"))
  var to: String?

  @Option(help: ArgumentHelp("Public URL of the file.", valueName: "URL"))
  var mediaUrl: String?

  @Option(help: ArgumentHelp("Meta's media ID of an earlier upload.", valueName: "ID"))
  var mediaId: String?

  @Option(help: ArgumentHelp("Caption of an image, a video or a document.", valueName: "TEXT"))
  var caption: String?

  @Option(help: ArgumentHelp("File name that a document is shown with.", valueName: "NAME"))
  var filename: String?

  @Option(help: ArgumentHelp("Meta's ID of the phone number to send from.", valueName: "ID"))
  var phoneNumberId: String?

  @OptionGroup var template: TemplateOptions

  @Option(
    name: .customLong("field"),
    help: ArgumentHelp(
      "Another field of the policy's requests; may be repeated.", valueName: "NAME=VALUE"))
  var fields: [String] = []

  @Option(help: ArgumentHelp("Media type that you will declare.", valueName: "TYPE"))
  var declaredType: String?

  @Flag(help: "Fetch what --media-url or --media-id refers to, and check it as if it were FILE.")
  var probe = false

  @OptionGroup(title: "URLs") var fetching: FetchOptions

  @OptionGroup var depthOptions: DepthOptions

  @OptionGroup var policy: PolicyOptions
  @OptionGroup var configuration: ConfigOptions

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Form of the request: json (the body), http (the whole message) or curl (a command).", valueName: "FORM"
    ))
  var form = RequestForm.json

  @Flag(inversion: .prefixedNo, help: "Reject on warnings too.")
  var strict: Bool?

  @Option(help: ArgumentHelp("Use color: auto, always or never.", valueName: "WHEN"))
  var color = ColorChoice.auto

  @OptionGroup var sandbox: SandboxOptions

  /// The fields of the request.
  private var message: MessageRequest {
    var message = MessageRequest(
      to: to, mediaURL: mediaUrl, mediaID: mediaId, caption: caption, filename: filename,
      phoneNumberID: phoneNumberId, template: template.template, language: template.language)
    message.card = template.card
    message.headerHandle = template.headerHandle
    for field in fields {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      message.fields[String(parts[0])] = String(parts[1])
    }
    return message
  }

  func validate() throws {
    for field in fields where !field.contains("=") || field.hasPrefix("=") {
      throw ValidationError("--field needs NAME=VALUE, not '\(field)'")
    }
    if probe, file != nil {
      throw ValidationError("--probe checks what the request refers to, so there can't be a FILE")
    }
    if file == nil, !probe, endpoint?.endpoint == nil {
      throw ValidationError("without FILE, --endpoint is required")
    }
  }

  func run() throws {
    let project = try configuration.project(Settings(policy, endpoint: endpoint, isStrict: strict))
    if let error = project.optionError { throw Failure(error) }
    let settings = file?.path.map { project.settings(ofFileAt: $0) } ?? project.baseSettings
    let engine = settings.engine
    let fetcher = probe || file?.path == nil && file != nil ? try FetchClient(fetching) : nil
    sandbox.enter(exchangingOn: fetcher?.socket)
    fetcher?.start()
    var options = CheckOptions(settings.endpoint, declaredType, message)
    options.depth = depthOptions.depth
    options.fetcher = fetcher
    options.allowsPrivateHosts = fetching.allowPrivateHosts
    let result: CheckResult
    do {
      if let file {
        result = try engine.check(file, options)
      } else if probe, let probed = try engine.probe(options) {
        result = probed
      } else if let endpoint = endpoint?.endpoint {
        result = engine.check(
          message, as: endpoint, allowingPrivateHosts: fetching.allowPrivateHosts)
      } else {
        throw ValidationError("without FILE, --endpoint is required")
      }
    } catch let error as SnifferError { throw Failure(error.description) }
    if !result.findings.isEmpty { show(result, policy: engine.policy) }
    if let prepared = result.request {
      guard let text = form.text.text(of: prepared) else {
        throw Failure("an HTTP message of an upload would contain the file; use --as curl")
      }
      Terminal.write(text, to: STDOUT_FILENO)
      return
    }
    Terminal.write(result.json + [0x0a], to: STDOUT_FILENO)
    // At an endpoint that no message is sent to, the result is all there is.
    if result.verdict == .accepted { return }
    throw result.isUnreadable ? ExitStatus.notJudged : ExitStatus.rejected
  }

  /// Writes the findings as text to standard error.
  private func show(_ result: CheckResult, policy: Policy) {
    guard let human = ReportFormat.named("human") else { return }
    let usesColor = color.isEnabled(onTerminal: Terminal.isTerminal(STDERR_FILENO))
    var report = human.make(
      ReportContext(
        policy: policy.name, version: Version.current, usesColor: usesColor,
        width: Terminal.width(STDERR_FILENO) ?? Terminal.standardWidth))
    var bytes: [UInt8] = []
    report.add(result, to: &bytes)
    Terminal.write(bytes, to: STDERR_FILENO)
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
