import PreflightInspection
import ArgumentParser
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

  @Option(help: ArgumentHelp("Public URL of the file.", valueName: "URL"))
  var mediaUrl: String?

  @Option(help: ArgumentHelp("Meta's media ID of an earlier upload.", valueName: "ID"))
  var mediaId: String?

  @OptionGroup(title: "Message") var messageOptions: MessageOptions

  @Option(help: ArgumentHelp("Media type that you will declare.", valueName: "TYPE"))
  var declaredType: String?

  @Flag(help: "Fetch what --media-url or --media-id refers to, and check it as if it were FILE.")
  var probe = false

  @OptionGroup(title: "URLs") var fetching: FetchOptions

  @OptionGroup var depthOptions: DepthOptions

  @OptionGroup var policy: PolicyOptions
  @OptionGroup var configuration: ConfigOptions

  @OptionGroup var output: RequestOutput

  @Flag(inversion: .prefixedNo, help: "Reject on warnings too.")
  var strict: Bool?

  @OptionGroup var sandbox: SandboxOptions

  /// The fields of the request.
  private var message: MessageRequest {
    var message = messageOptions.message
    if let mediaUrl { message.mediaURL = mediaUrl }
    if let mediaId { message.mediaID = mediaId }
    return message
  }

  func validate() throws {
    try RawArguments.requireText(mediaUrl, "--media-url")
    try RawArguments.requireText(mediaId, "--media-id")
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
    sandbox.enter(exchangingOn: fetcher.map { [$0.socket] } ?? [])
    fetcher?.start()
    var options = CheckOptions(settings.endpoint, declaredType, message)
    options.depth = depthOptions.depth
    options.fetcher = fetcher
    options.allowsPrivateHosts = fetching.allowPrivateHosts
    var result: CheckResult
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
    result.planFix(with: engine)
    output.show(result, policy: engine.policy)
    if let prepared = result.request { return try output.write(prepared) }
    try Output.print(result.json + [0x0a])
    // At an endpoint that no message is sent to, the result is all there is.
    if result.verdict == .accepted { return }
    throw result.isUnreadable ? ExitStatus.notJudged : ExitStatus.rejected
  }
}
