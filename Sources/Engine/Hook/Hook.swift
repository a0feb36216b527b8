public import PreflightPolicy
internal import PreflightReferences

/// The protocol between a program that sends messages and an engine: one line with a JSON object in, one answer out.
///
/// It has no streams of its own: read lines from a pipe, a socket or a queue, and pass them on one by one, on any thread.
/// Nothing is kept between lines.
///
/// ```swift
/// let hook = Hook(Preflight())
/// let request = #"{"id": 1, "file": "wave.webp", "endpoint": "sticker"}"#
/// let answer = try hook.answer(Array(request.utf8), number: 1)
/// let line = answer.json + [0x0a]
/// ```
public struct Hook: Sendable {
  /// The longest line that is answered, in bytes.
  public static let maximumLineLength = 1 << 20

  private let settings: HookSettings
  private let fetcher: (any Fetcher)?
  private let allowsPrivateHosts: Bool

  /// Creates a hook.
  ///
  /// - Parameters:
  ///   - engine: The engine that checks the requests.
  ///   - endpoint: The endpoint of requests that name none; nil for the first one that accepts the file's type.
  public init(_ engine: Preflight, endpoint: Endpoint? = nil) {
    self.init(HookSettings(engine, endpoint: endpoint), fetcher: nil, allowsPrivateHosts: false)
  }

  /// Creates a hook that fetches what URLs and media IDs lead to.
  package init(_ settings: HookSettings, fetcher: (any Fetcher)?, allowsPrivateHosts: Bool) {
    self.settings = settings
    self.fetcher = fetcher
    self.allowsPrivateHosts = allowsPrivateHosts
  }

  /// Answers one line. The calling thread reads the file.
  ///
  /// A line that isn't a valid request is answered with `invalid-request`. A request with an endpoint and no file is
  /// checked by its fields alone.
  ///
  /// - Parameters:
  ///   - line: The line in UTF-8, without its line end.
  ///   - number: The line's number, from 1, for messages.
  /// - Returns: The answer.
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  public func answer(_ line: [UInt8], number: Int) throws -> HookAnswer {
    try answer(line, number: number) { _ in settings }
  }

  /// Answers one line, without blocking the calling thread.
  ///
  /// - Parameters:
  ///   - line: The line in UTF-8, without its line end.
  ///   - number: The line's number, from 1, for messages.
  /// - Returns: The answer.
  /// - Throws: `CancellationError` if the task is cancelled; `SnifferError` if libmagic's database can't be loaded.
  public func answer(_ line: [UInt8], number: Int) async throws -> HookAnswer {
    try await BlockingWork.run { [self] cancellation in
      try answer(line, number: number, cancellation: cancellation) { _ in settings }
    }
  }

  /// Answers one line, each file checked as its path asks for.
  ///
  /// - Parameter settings: The settings for a path.
  package func answer(
    _ line: [UInt8], number: Int, settings: (FilePath) -> HookSettings
  ) throws -> HookAnswer {
    try answer(line, number: number, cancellation: nil, settings: settings)
  }

  private func answer(
    _ line: [UInt8], number: Int, cancellation: Cancellation?, settings: (FilePath) -> HookSettings
  ) throws -> HookAnswer {
    guard line.count <= Self.maximumLineLength else { return tooLong(number: number) }
    let object: RequestObject
    do { object = try RequestObject(parsing: line) } catch {
      return HookAnswer(result: invalid(error, number), id: nil)
    }
    return HookAnswer(result: try result(object, number, cancellation, settings), id: object.id)
  }

  private func result(
    _ object: RequestObject, _ number: Int, _ cancellation: Cancellation?,
    _ settingsOfFile: (FilePath) -> HookSettings
  ) throws -> CheckResult {
    let request: HookRequest
    do { request = try HookRequest(object) } catch { return invalid(error, number) }
    var options = CheckOptions(request.endpoint, request.declaredType, request.message)
    options.depth = request.depth
    options.cancellation = cancellation
    options.fetcher = fetcher
    options.allowsPrivateHosts = allowsPrivateHosts
    options.keepsSource = request.fixes
    // A URL has no folder with a configuration.
    let reference = request.file.map { Reference($0) }
    let settings = reference?.path.map(settingsOfFile) ?? settings
    let engine = settings.engine
    if request.fixes, settings.fixer == nil {
      return engine.rejection(
        ofRequest: "line \(number) asks for a fix, and the hook was started without --fix-to",
        subject: Subject(rawValue: "fix"),
        remedy: "Start the hook with --fix-to and a folder, or send the request without \"fix\".")
    }
    options.endpoint = request.endpoint ?? settings.endpoint
    if let reference {
      if let wanted = request.endpoint, let refusal = unknown(wanted, engine, number) { return refusal }
      if let mistake = request.mistake(under: engine.policy) { return invalid(mistake, number) }
      return try fixed(settings.planned(engine.check(reference, options)), settings, options)
    }
    if let mistake = request.mistake(under: engine.policy) { return invalid(mistake, number) }
    if request.probes {
      if let wanted = options.endpoint, let refusal = unknown(wanted, engine, number) { return refusal }
      if let result = try engine.probe(options) {
        return try fixed(settings.planned(result), settings, options)
      }
    }
    guard let endpoint = request.endpoint else {
      return engine.rejection(
        ofRequest: "line \(number) has neither a file nor an endpoint", expected: "file or endpoint")
    }
    if let refusal = unknown(endpoint, engine, number) { return refusal }
    return engine.check(
      request.message ?? MessageRequest(), as: endpoint, allowingPrivateHosts: allowsPrivateHosts)
  }

  /// The result with a fix, if one was asked for: of the file itself and not of what is wrong with the request.
  private func fixed(
    _ result: CheckResult, _ settings: HookSettings, _ options: CheckOptions
  ) throws -> CheckResult {
    guard let fixer = settings.fixer, result.verdict == .rejected, let source = result.source,
      let reference = result.reference
    else { return result }
    var result = result
    var note = fixer.fix(
      source, named: reference, as: result.endpoint ?? options.endpoint, depth: options.depth)
    // The file is good, and something else is wrong.
    if note.steps.isEmpty, note.reason == nil { return result }
    if let output = note.output {
      var options = options
      // The declared type was that of the file before.
      options.declaredType = nil
      let made = try settings.engine.check(.file(output), options)
      note.verdict = made.verdict
      note.reason = made.findings.first { $0.severity == .error }?.message
      result.request = made.request
    }
    result.fix = note
    return result
  }

  /// The answer to a line that is longer than ``maximumLineLength``, of which nothing need be kept.
  ///
  /// - Parameter number: The line's number, from 1, for the message.
  /// - Returns: A rejection with `invalid-request`.
  public func tooLong(number: Int) -> HookAnswer {
    HookAnswer(
      result: settings.engine.rejection(
        ofRequest: "line \(number) is too long", expected: "≤ \(Self.maximumLineLength) bytes"),
      id: nil)
  }

  private func invalid(_ reason: RequestObject.Invalid, _ number: Int) -> CheckResult {
    switch reason {
    case .notAnObject:
      settings.engine.rejection(
        ofRequest: "line \(number) is not one JSON object", expected: "one JSON object")
    case .duplicateKey(let key):
      settings.engine.rejection(
        ofRequest: "line \(number) has the key '\(key)' twice", subject: Subject(rawValue: key),
        expected: "each key once")
    }
  }

  private func invalid(_ mistake: HookRequest.Invalid, _ number: Int) -> CheckResult {
    settings.engine.rejection(
      ofRequest: "line \(number) \(mistake.reason)", subject: mistake.subject, expected: mistake.expected,
      actual: mistake.actual)
  }

  /// The answer to a request for an endpoint that the policy doesn't have; nil for one that it has.
  private func unknown(_ endpoint: Endpoint, _ engine: Preflight, _ number: Int) -> CheckResult? {
    let known = engine.policy.endpointNames
    if known.contains(endpoint) { return nil }
    let other =
      Policy.builtInNames(with: endpoint).first.map { "; the policy \($0) has it" }
      ?? engine.policy.suggestion(for: endpoint)
    return engine.rejection(
      ofRequest: "line \(number) has the unknown endpoint '\(endpoint)'\(other)", subject: .endpoint,
      expected: known.map(\.rawValue).joined(separator: ", "), actual: endpoint.rawValue,
      remedy: "Name an endpoint of the policy \(engine.policy.name).")
  }
}
