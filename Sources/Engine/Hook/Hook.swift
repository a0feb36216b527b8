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

  private let engine: Preflight
  private let endpoint: Endpoint?
  private let fetcher: (any Fetcher)?
  private let allowsPrivateHosts: Bool

  /// Creates a hook.
  ///
  /// - Parameters:
  ///   - engine: The engine that checks the requests.
  ///   - endpoint: The endpoint of requests that name none; nil for the first one that accepts the file's type.
  public init(_ engine: Preflight, endpoint: Endpoint? = nil) {
    self.init(engine, endpoint: endpoint, fetcher: nil, allowsPrivateHosts: false)
  }

  /// Creates a hook that fetches what URLs and media IDs lead to.
  package init(
    _ engine: Preflight, endpoint: Endpoint? = nil, fetcher: (any Fetcher)?, allowsPrivateHosts: Bool
  ) {
    self.engine = engine
    self.endpoint = endpoint
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
    try answer(line, number: number) { _ in (engine, endpoint) }
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
      try answer(line, number: number, cancellation: cancellation) { _ in (engine, endpoint) }
    }
  }

  /// Answers one line, each file checked as its path asks for.
  ///
  /// - Parameter settings: The engine and the endpoint for a path.
  package func answer(
    _ line: [UInt8], number: Int, settings: (FilePath) -> (engine: Preflight, endpoint: Endpoint?)
  ) throws -> HookAnswer {
    try answer(line, number: number, cancellation: nil, settings: settings)
  }

  private func answer(
    _ line: [UInt8], number: Int, cancellation: Cancellation?,
    settings: (FilePath) -> (engine: Preflight, endpoint: Endpoint?)
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
    _ settings: (FilePath) -> (engine: Preflight, endpoint: Endpoint?)
  ) throws -> CheckResult {
    let request: HookRequest
    do { request = try HookRequest(object) } catch { return invalid(error, number) }
    var options = CheckOptions(request.endpoint, request.declaredType, request.message)
    options.depth = request.depth
    options.cancellation = cancellation
    options.fetcher = fetcher
    options.allowsPrivateHosts = allowsPrivateHosts
    if let file = request.file {
      let reference = Reference(file)
      // A URL has no folder with a configuration.
      let (engine, endpoint) = reference.path.map(settings) ?? (engine, endpoint)
      if let wanted = request.endpoint, let refusal = unknown(wanted, engine, number) { return refusal }
      if let mistake = request.mistake(under: engine.policy) { return invalid(mistake, number) }
      options.endpoint = request.endpoint ?? endpoint
      return try engine.check(reference, options)
    }
    if let mistake = request.mistake(under: engine.policy) { return invalid(mistake, number) }
    if request.probes {
      options.endpoint = request.endpoint ?? endpoint
      if let wanted = options.endpoint, let refusal = unknown(wanted, engine, number) { return refusal }
      if let result = try engine.probe(options) { return result }
    }
    guard let endpoint = request.endpoint else {
      return engine.rejection(
        ofRequest: "line \(number) has neither a file nor an endpoint", expected: "file or endpoint")
    }
    if let refusal = unknown(endpoint, engine, number) { return refusal }
    return engine.check(
      request.message ?? MessageRequest(), as: endpoint, allowingPrivateHosts: allowsPrivateHosts)
  }

  /// The answer to a line that is longer than ``maximumLineLength``, of which nothing need be kept.
  ///
  /// - Parameter number: The line's number, from 1, for the message.
  /// - Returns: A rejection with `invalid-request`.
  public func tooLong(number: Int) -> HookAnswer {
    HookAnswer(
      result: engine.rejection(
        ofRequest: "line \(number) is too long", expected: "≤ \(Self.maximumLineLength) bytes"),
      id: nil)
  }

  private func invalid(_ reason: RequestObject.Invalid, _ number: Int) -> CheckResult {
    switch reason {
    case .notAnObject:
      engine.rejection(ofRequest: "line \(number) is not one JSON object", expected: "one JSON object")
    case .duplicateKey(let key):
      engine.rejection(
        ofRequest: "line \(number) has the key '\(key)' twice", subject: Subject(rawValue: key),
        expected: "each key once")
    }
  }

  private func invalid(_ mistake: HookRequest.Invalid, _ number: Int) -> CheckResult {
    engine.rejection(
      ofRequest: "line \(number) \(mistake.reason)", subject: mistake.subject, expected: mistake.expected,
      actual: mistake.actual)
  }

  /// The answer to a request for an endpoint that the policy doesn't have; nil for one that it has.
  private func unknown(_ endpoint: Endpoint, _ engine: Preflight, _ number: Int) -> CheckResult? {
    let known = engine.policy.endpointNames
    if known.contains(endpoint) { return nil }
    let other = Policy.builtInNames(with: endpoint).first.map { "; the policy \($0) has it" } ?? ""
    return engine.rejection(
      ofRequest: "line \(number) has the unknown endpoint '\(endpoint)'\(other)", subject: .endpoint,
      expected: known.map(\.rawValue).joined(separator: ", "), actual: endpoint.rawValue)
  }
}
