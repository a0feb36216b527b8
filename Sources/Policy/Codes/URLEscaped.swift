extension FindingCode {
  /// The URL was escaped once too often.
  public static let urlEscaped = FindingCode(rawValue: "url-escaped")
}

extension Explanation {
  static let urlEscaped = Explanation(
    .urlEscaped, .error,
    title: "The URL was escaped once too often",
    message: "The URL was escaped once too often: {actual}.",
    reason:
      "A URL that was copied from HTML or encoded twice isn't the one that was signed: the server "
      + "sees other parameters and refuses it, or answers with an error page.",
    source:
      "RFC 3986, section 2.4: \"Implementations must not percent-encode or decode the same string more than once\"",
    remedy: "Send the URL as it was signed, without HTML escapes and without encoding it again.")
}
