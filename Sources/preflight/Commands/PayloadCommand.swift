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

struct PayloadCommand: ParsedCommand {
  static let configuration = CommandConfiguration(
    commandName: "payload",
    abstract: "Make the ready-to-send request for one file, or say why not.",
    discussion: """
      The request goes to standard output. A rejection goes to standard output as a result object in JSON, \
      for programs, and to standard error in words, for people; the status is then 1. Without a FILE the \
      request is checked by its fields alone.
      """)

  @Argument(help: "The file that the request is about.", completion: .file())
  var file: String?

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

  @Option(help: ArgumentHelp("The media type that you mean to declare.", valueName: "TYPE"))
  var declaredType: String?

  @OptionGroup var policy: PolicyArguments
  @OptionGroup var configuration: ConfigArguments

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The request as json (the body alone), http (the message) or curl (a command).", valueName: "FORM"))
  var form = RequestForm.json

  @Flag(inversion: .prefixedNo, help: "Let a warning reject as an error does.")
  var strict: Bool?

  @Option(help: ArgumentHelp("Use colours: auto, always or never.", valueName: "WHEN"))
  var color = ColorChoice.auto

  @OptionGroup var sandbox: SandboxArguments

  var asked: PayloadRun {
    PayloadRun(
      file: file, endpoint: endpoint,
      message: MessageRequest(
        to: to, mediaURL: mediaUrl, mediaID: mediaId, caption: caption, filename: filename,
        phoneNumberID: phoneNumberId),
      declaredType: declaredType, policy: policy.options, configuration: configuration.options, form: form,
      strict: strict, color: color, sandbox: sandbox.options)
  }

  func validate() throws { try asked.validate() }
}

/// The ready-to-send request for one file, or why there is none.
struct PayloadRun: CommandRun {
  var file: String?
  var endpoint: EndpointChoice?
  var message = MessageRequest()
  var declaredType: String?
  var policy = PolicyOptions()
  var configuration = ConfigOptions()
  var form = RequestForm.json
  var strict: Bool?
  var color = ColorChoice.auto
  var sandbox = SandboxOptions()

  func validate() throws {
    if file == nil, endpoint?.endpoint == nil {
      throw ValidationError("without a FILE, --endpoint says where the message goes")
    }
  }

  func run() throws {
    let project = try configuration.project(Settings(policy, endpoint: endpoint, isStrict: strict))
    let settings =
      file.map { project.settings(ofFileAt: RawArguments.fileName($0)) } ?? project.baseSettings
    let engine = settings.engine
    Sandbox.enter(sandbox)
    let result: CheckResult
    do {
      if let file {
        result = try engine.check(
          fileAt: RawArguments.fileName(file), as: settings.endpoint, declaredType: declaredType,
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
    var json = JSONWriter()
    json.result(result)
    Terminal.write(json.bytes + [0x0a], to: STDOUT_FILENO)
    throw result.isUnreadable ? ExitStatus.notJudged : ExitStatus.rejected
  }

  /// The findings in words, on standard error.
  private func show(_ result: CheckResult, policy: Policy) {
    guard let human = ReportFormat.named("human") else { return }
    let usesColor =
      color == .always
      || (color == .auto && Terminal.isTerminal(STDERR_FILENO)
        && (Terminal.environment("NO_COLOR") ?? "").isEmpty)
    var report = human.make(
      ReportContext(
        policy: policy.name, version: Version.current, usesColor: usesColor,
        width: Terminal.width(STDERR_FILENO)))
    var bytes: [UInt8] = []
    report.add(result, to: &bytes)
    Terminal.write(bytes, to: STDERR_FILENO)
  }

  // MARK: Plain command lines

  mutating func take(_ word: String) -> Bool {
    guard file == nil else { return false }
    file = word
    return true
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    switch name {
    case "endpoint": words.set(&endpoint, EndpointChoice.init)
    case "to": words.set(&message.to)
    case "media-url": words.set(&message.mediaURL)
    case "media-id": words.set(&message.mediaID)
    case "caption": words.set(&message.caption)
    case "filename": words.set(&message.filename)
    case "phone-number-id": words.set(&message.phoneNumberID)
    case "declared-type": words.set(&declaredType)
    case "as": words.set(&form, RequestForm.init)
    case "strict": words.set(&strict, to: true)
    case "no-strict": words.set(&strict, to: false)
    case "color": words.set(&color, ColorChoice.init)
    default:
      policy.take(name, &words) ?? configuration.take(name, &words) ?? sandbox.take(name, &words)
    }
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
