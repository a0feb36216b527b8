extension FindingCode {
  /// The answer doesn't say how long it is.
  public static let urlNoLength = FindingCode(rawValue: "url-no-length")
}

extension Explanation {
  static let urlNoLength = Explanation(
    .urlNoLength, .warning,
    title: "The answer doesn't say how long it is",
    message: "The answer has neither a Content-Length nor an end of its own.",
    reason:
      "The body ends where the connection ends, so a transfer that breaks off looks like a "
      + "whole file (RFC 9112, section 6.3).",
    source: "RFC 9112, section 6.3",
    remedy: "Send Content-Length, or use chunked transfer coding.")
}
