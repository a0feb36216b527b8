public import PreflightPolicy
internal import PreflightReferences

/// The protocol between a program that sends messages and an engine: a line with a JSON object in, a result out.
///
/// It knows no streams: whoever reads lines from somewhere, a pipe or a socket, hands them over one by one.
///
/// ```swift
/// let hook = Hook(Preflight())
/// let result = try hook.answer(Array(#"{"file": "wave.webp", "endpoint": "sticker"}"#.utf8), number: 1)
/// let line = result.json + [0x0a]
/// ```
public struct Hook: Sendable {
  /// No line is longer, in bytes.
  public static let maximumLineLength = 1 << 20

  private let engine: Preflight
  private let endpoint: Endpoint?

  /// Creates a hook.
  ///
  /// - Parameters:
  ///   - engine: What checks the requests.
  ///   - endpoint: Where files go whose request names no endpoint; nil for the one whose types hold the file's.
  public init(_ engine: Preflight, endpoint: Endpoint? = nil) {
    self.engine = engine
    self.endpoint = endpoint
  }

  /// Answers one line.
  ///
  /// A line that can't be read has the answer `invalid-request`; one with an endpoint and no file is checked by
  /// its fields alone.
  ///
  /// - Parameters:
  ///   - line: The line without its end.
  ///   - number: Which line it is, from 1, for messages.
  /// - Throws: `SnifferError` when libmagic's database can't be loaded.
  public func answer(_ line: [UInt8], number: Int) throws -> CheckResult {
    try answer(line, number: number) { _ in (engine, endpoint) }
  }

  /// Answers one line, each file checked as its path asks for.
  ///
  /// - Parameter settings: The engine and the endpoint for a path.
  package func answer(
    _ line: [UInt8], number: Int, settings: (FilePath) -> (engine: Preflight, endpoint: Endpoint?)
  ) throws -> CheckResult {
    guard line.count <= Self.maximumLineLength else { return tooLong(number: number) }
    let request: HookRequest
    do { request = try HookRequest(parsing: line) } catch {
      return engine.rejection(
        ofRequest: "line \(number) \(error.reason)", subject: error.subject, expected: error.expected,
        actual: error.actual)
    }
    if let file = request.file {
      let reference = Reference(file)
      let (engine, endpoint) = settings(reference.name)
      if let wanted = request.endpoint, let refusal = unknown(wanted, engine, number) { return refusal }
      return try engine.check(
        reference, CheckOptions(request.endpoint ?? endpoint, request.declaredType, request.message))
    }
    guard let endpoint = request.endpoint else {
      return engine.rejection(
        ofRequest: "line \(number) has neither a file nor an endpoint", expected: "file or endpoint")
    }
    if let refusal = unknown(endpoint, engine, number) { return refusal }
    return engine.check(request.message ?? MessageRequest(), as: endpoint)
  }

  /// The answer to a line that is longer than ``maximumLineLength``, of which nothing need be kept.
  public func tooLong(number: Int) -> CheckResult {
    engine.rejection(
      ofRequest: "line \(number) is too long", expected: "≤ \(Self.maximumLineLength) bytes")
  }

  /// The answer to a request for an endpoint that the policy doesn't have; nil for one that it has.
  private func unknown(_ endpoint: Endpoint, _ engine: Preflight, _ number: Int) -> CheckResult? {
    let known = engine.policy.endpointNames
    if known.contains(endpoint) { return nil }
    return engine.rejection(
      ofRequest: "line \(number) has the unknown endpoint '\(endpoint)'", subject: .endpoint,
      expected: known.map(\.rawValue).joined(separator: ", "), actual: endpoint.rawValue)
  }
}
