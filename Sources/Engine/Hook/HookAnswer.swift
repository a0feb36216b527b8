/// The answer to one line of the hook.
public struct HookAnswer: Sendable {
  /// The result of the check, or the rejection of the line.
  public let result: CheckResult

  /// The `id` of the request, as JSON exactly as it was written; nil if it had none, or the line couldn't be read.
  public let id: String?

  /// The answer as one line of JSON in UTF-8, without its line end: the result, with the request's `id` first.
  public var json: [UInt8] {
    var json = JSONWriter()
    json.result(result, id: id)
    return json.bytes
  }
}
