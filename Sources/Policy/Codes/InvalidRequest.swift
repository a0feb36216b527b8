extension FindingCode {
  /// The request can't be read.
  public static let invalidRequest = FindingCode(rawValue: "invalid-request")
}

extension Explanation {
  static let invalidRequest = Explanation(
    .invalidRequest, .error,
    title: "The request can't be read",
    message: "The request can't be read: {actual}.",
    reason: "A request to the hook is a JSON object on a line of its own, and its values are text.",
    source: "preflight, hook",
    remedy: "Send one JSON object per line, with text as values.")
}
