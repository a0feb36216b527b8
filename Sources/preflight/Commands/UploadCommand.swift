import ArgumentParser
import MediaPreflight
import PreflightChannel
import PreflightInspection
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

struct UploadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upload",
    abstract: "Check a file, and upload it to Meta if it is accepted.",
    discussion: """
      Prints the media ID as JSON, or with --to the ready-to-send request that refers to it. With --sample, the file \
      is uploaded as the sample that a template is created with, and its handle is printed. A rejected file is never \
      sent. The access token is read from WHATSAPP_ACCESS_TOKEN.

      Exit status: 0 if the file is uploaded; 1 if it is rejected, by preflight or by Meta; 2 if it can't be read or \
      sent, or an option, a configuration or a policy is invalid.
      """)

  @Argument(help: "File or URL to upload.")
  var file: Reference

  @Option(
    help: ArgumentHelp(
      "Endpoint that the file is for: \(EndpointChoice.words) (default: auto).", valueName: "ENDPOINT"))
  var endpoint: EndpointChoice?

  @OptionGroup(title: "Message") var messageOptions: MessageOptions

  @Flag(help: "Upload it as a template's sample, with --app-id.")
  var sample = false

  @Option(help: ArgumentHelp("Meta's ID of the app that creates the template.", valueName: "ID"))
  var appId: String?

  @Option(
    help: ArgumentHelp("Time for the whole upload, in seconds.", valueName: "SECONDS"))
  var uploadTimeout = 600.0

  @OptionGroup(title: "URLs") var fetching: FetchOptions

  @OptionGroup var depthOptions: DepthOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var configuration: ConfigOptions

  @OptionGroup var output: RequestOutput

  @Flag(inversion: .prefixedNo, help: "Reject on warnings too.")
  var strict: Bool?

  @OptionGroup var sandbox: SandboxOptions

  func validate() throws {
    try RawArguments.requireText(appId, "--app-id")
    if sample {
      if appId == nil { throw ValidationError("--sample needs --app-id") }
      if messageOptions.to != nil { throw ValidationError("no message is sent with a --sample") }
      if endpoint != nil { throw ValidationError("--sample has an endpoint of its own, template-sample") }
    } else if messageOptions.phoneNumberId == nil {
      throw ValidationError("--phone-number-id is required: a media ID belongs to one phone number")
    }
    if appId != nil, !sample { throw ValidationError("--app-id needs --sample") }
    for (option, id) in [("--phone-number-id", messageOptions.phoneNumberId), ("--app-id", appId)] {
      guard let id, ReferenceForm(id) != .mediaID else { continue }
      throw ValidationError("\(option) needs digits, not '\(id)'")
    }
    guard uploadTimeout > 0, uploadTimeout <= 86_400 else {
      throw ValidationError(
        "--upload-timeout must be more than 0 and at most 86400 seconds, not \(uploadTimeout)")
    }
    if case .mediaID = file { throw ValidationError("a media ID is uploaded already") }
  }

  func run() throws {
    let engine = try engine()
    let client = try FetchClient(fetching)
    sandbox.enter(exchangingOn: [client.socket])
    client.start()
    var result: CheckResult
    do { result = try engine.engine.check(file, options(at: engine.endpoint, client)) } catch let error
      as SnifferError
    { throw Failure(error.description) }
    result.planFix(with: engine.engine)
    output.show(result, policy: engine.engine.policy)
    guard result.verdict == .accepted, let source = result.source as? FileSource else {
      try Output.print(result.json + [0x0a])
      throw result.verdict == .rejected ? ExitStatus.rejected : ExitStatus.notJudged
    }
    let id = try upload(source, result, client)
    do { try show(id, engine.engine, endpoint: result.endpoint) } catch let failure as Failure {
      // An ID that nobody learns of is an upload too many.
      throw Failure("uploaded as \(id), but \(failure.message)")
    }
  }

  /// Writes the ID of what was uploaded, or the request for the message that sends it.
  private func show(_ id: String, _ engine: Preflight, endpoint: Endpoint?) throws {
    guard messageOptions.to != nil, let endpoint else {
      var json = JSONWriter()
      json.object { $0.member(sample ? "handle" : "mediaId", id) }
      return try Output.print(json.bytes + [0x0a])
    }
    var message = messageOptions.message
    message.mediaID = id
    guard let request = engine.check(message, as: endpoint).request else {
      throw Failure("the policy \(engine.policy.name) makes no request of it")
    }
    try output.write(request)
  }

  private func engine() throws -> FileSettings {
    var policy = policy
    // Only Meta's own policy has endpoints for samples, templates and voice.
    let isOnlyMetas = endpoint?.endpoint.map { !Policy.waconnect.endpointNames.contains($0) } ?? sample
    if isOnlyMetas, policy.policy == nil { policy.policy = FilePath(Policy.whatsappCloud.name) }
    let project = try configuration.project(Settings(policy, endpoint: endpoint, isStrict: strict))
    if let error = project.optionError { throw Failure(error) }
    return file.path.map { project.settings(ofFileAt: $0) } ?? project.baseSettings
  }

  private func options(at endpoint: Endpoint?, _ client: FetchClient) -> CheckOptions {
    var message: MessageRequest?
    if messageOptions.to != nil {
      message = messageOptions.message
      // Stands for the ID that the upload will return, so that the message is checked before anything is sent.
      message?.mediaID = "0"
    }
    var options = CheckOptions(sample ? .templateSample : endpoint, nil, message)
    options.depth = depthOptions.depth
    options.fetcher = client
    options.allowsPrivateHosts = fetching.allowPrivateHosts
    // What was judged is what is sent, whatever the path names by now.
    options.keepsSource = true
    return options
  }

  /// - Throws: The exit status, after the reason was written.
  private func upload(_ source: FileSource, _ result: CheckResult, _ client: FetchClient) throws -> String {
    let known = result.mediaType?.known?.extensions.first
    let name = file.fileName?.lastComponent?.string ?? "file" + (known.map { "." + $0 } ?? "")
    let upload = FetchRequest.Upload(
      fileName: name, mediaType: result.declaredType ?? result.mediaType?.rawValue ?? "",
      appID: appId, seconds: uploadTimeout)
    let id: String
    do throws(FetchFailure) {
      id = try client.upload(upload, source, from: messageOptions.phoneNumberId)
    } catch {
      switch error.kind {
      case .refused, .unknownMedia, .expiredMedia, .foreignMedia:
        Terminal.write(.error, "Meta refuses the upload: \(error.reason)")
        throw ExitStatus.rejected
      case .local, .unserved, .unreachable, .privateAddress: throw Failure("not uploaded: \(error.reason)")
      }
    }
    // What was uploaded is of use only if it is what was checked.
    do { try source.checkUnchanged() } catch {
      throw Failure("uploaded as \(id), but the file changed since it was checked: don't send it")
    }
    return id
  }
}
