import PreflightInspection
import ArgumentParser
import MediaPreflight
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
    abstract: "Make the ready-to-send request for one file, or say why not.",
    discussion: """
      The request goes to standard output. A rejection goes to standard output as a result object in JSON, \
      for programs, and to standard error in words, for people; the status is then 1. Without a FILE the \
      request is checked by its fields alone.
      """)

  @Argument(help: "The file that the request is about.")
  var file: FilePath?

  @Option(
    help: ArgumentHelp(
      "Where the message goes: image, video, audio, document, sticker, or auto for the endpoint whose formats hold the file's type (default: auto).",
      valueName: "ENDPOINT"))
  var endpoint: EndpointChoice?

  @Option(help: ArgumentHelp("The recipient's phone number with country code.", valueName: "NUMBER"))
  var to: String?

  @Option(help: ArgumentHelp("The public URL of the file.", valueName: "URL"))
  var mediaUrl: String?

  @Option(help: ArgumentHelp("Meta's media ID of an earlier upload.", valueName: "ID"))
  var mediaId: String?

  @Option(help: ArgumentHelp("The text under an image, a video or a document.", valueName: "TEXT"))
  var caption: String?

  @Option(help: ArgumentHelp("The name under which a document is shown.", valueName: "NAME"))
  var filename: String?

  @Option(help: ArgumentHelp("Meta's ID of the number to send from.", valueName: "ID"))
  var phoneNumberId: String?

  @Option(
    name: .customLong("field"),
    help: ArgumentHelp(
      "Any other field of the policy's requests; may be repeated.", valueName: "NAME=VALUE"))
  var fields: [String] = []

  @Option(help: ArgumentHelp("The media type that you mean to declare.", valueName: "TYPE"))
  var declaredType: String?

  @OptionGroup var policy: PolicyOptions
  @OptionGroup var configuration: ConfigOptions

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The request as json (the body alone), http (the message) or curl (a command).", valueName: "FORM"))
  var form = RequestForm.json

  @Flag(inversion: .prefixedNo, help: "Let a warning reject as an error does.")
  var strict: Bool?

  @Option(help: ArgumentHelp("Use colours: auto, always or never.", valueName: "WHEN"))
  var color = ColorChoice.auto

  @OptionGroup var sandbox: SandboxOptions

  /// What the request says.
  private var message: MessageRequest {
    var message = MessageRequest(
      to: to, mediaURL: mediaUrl, mediaID: mediaId, caption: caption, filename: filename,
      phoneNumberID: phoneNumberId)
    for field in fields {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      message.fields[String(parts[0])] = String(parts[1])
    }
    return message
  }

  func validate() throws {
    for field in fields where !field.contains("=") || field.hasPrefix("=") {
      throw ValidationError("--field takes NAME=VALUE, not '\(field)'")
    }
    if file == nil, endpoint?.endpoint == nil {
      throw ValidationError("without a FILE, --endpoint says where the message goes")
    }
  }

  func run() throws {
    let project = try configuration.project(Settings(policy, endpoint: endpoint, isStrict: strict))
    if let mistake = project.endpointMistake { throw Failure(mistake) }
    let settings = file.map { project.settings(ofFileAt: $0) } ?? project.baseSettings
    let engine = settings.engine
    sandbox.enter()
    let result: CheckResult
    do {
      if let file {
        result = try engine.check(
          fileAt: file, as: settings.endpoint, declaredType: declaredType,
          sending: message)
      } else if let endpoint = endpoint?.endpoint {
        result = engine.check(message, as: endpoint)
      } else {
        throw ValidationError("without a FILE, --endpoint says where the message goes")
      }
    } catch let error as SnifferError { throw Failure(error.description) }
    if !result.findings.isEmpty { show(result, policy: engine.policy) }
    if let prepared = result.request {
      guard let text = form.text.text(of: prepared) else {
        throw Failure("an upload as an HTTP message would have to hold the file's bytes; take --as curl")
      }
      Terminal.write(text, to: STDOUT_FILENO)
      return
    }
    Terminal.write(result.json + [0x0a], to: STDOUT_FILENO)
    throw result.isUnreadable ? ExitStatus.notJudged : ExitStatus.rejected
  }

  /// The findings in words, on standard error.
  private func show(_ result: CheckResult, policy: Policy) {
    guard let human = ReportFormat.named("human") else { return }
    let usesColor = color.isWanted(onTerminal: Terminal.isTerminal(STDERR_FILENO))
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
