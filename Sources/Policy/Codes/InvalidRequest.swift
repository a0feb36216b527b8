extension FindingCode {
  /// The request is invalid.
  public static let invalidRequest = FindingCode(rawValue: "invalid-request")
}

extension Explanation {
  static let invalidRequest = Explanation(
    .invalidRequest, .error,
    title: "The request is invalid",
    message: "The request is invalid: {actual}.",
    reason: "A hook request is a JSON object on one line, and each field has a type of its own.",
    source: "preflight, hook",
    remedy: "Send one JSON object per line. The manual lists the fields and their types.")
}
