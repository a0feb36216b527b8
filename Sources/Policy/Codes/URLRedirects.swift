extension FindingCode {
  /// The URL redirects.
  public static let urlRedirects = FindingCode(rawValue: "url-redirects")
}

extension Explanation {
  static let urlRedirects = Explanation(
    .urlRedirects, .error,
    title: "The URL redirects",
    message: "The URL redirects to {actual}, which isn't followed, since WhatsApp follows none.",
    reason:
      "WhatsApp's servers follow no redirect. They take the redirecting answer itself for the "
      + "file, and refuse it as text/html.",
    source:
      "Reports of “Unsupported … mime type text/html” for redirecting links (chatwoot 4507, 15069, 15702)",
    remedy:
      "Send the URL at which the redirects end, if it is stable, or upload the file and send the media ID.")
}
