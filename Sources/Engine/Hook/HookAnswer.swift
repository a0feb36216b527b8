/// The answer to one line of the hook.
public struct HookAnswer: Sendable {
  /// What was found.
  public let result: CheckResult

  /// The `id` of the request, in JSON exactly as it was written; nil where it had none or couldn't be read.
  public let id: String?

  /// The answer as one line of JSON in UTF-8, without its end: the result, with the request's `id` before all else.
  public var json: [UInt8] {
    var json = JSONWriter()
    json.result(result, id: id)
    return json.bytes
  }
}
