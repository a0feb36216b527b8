extension FindingCode {
  /// The answer is slow.
  public static let urlSlow = FindingCode(rawValue: "url-slow")
}

extension Explanation {
  static let urlSlow = Explanation(
    .urlSlow, .warning,
    title: "The answer is slow",
    message: "The answer took {actual}.",
    reason:
      "WhatsApp gives up after a time that it doesn't state, and fetches the file for each "
      + "recipient.",
    source: "Reports of error 131053 for slow servers; the limit of 10 seconds is ours",
    remedy: "Host the file at a quicker place, such as a CDN, or upload it and send the media ID.")
}
