extension FindingCode {
  /// The answer is compressed.
  public static let urlContentEncoding = FindingCode(rawValue: "url-content-encoding")
}

extension Explanation {
  static let urlContentEncoding = Explanation(
    .urlContentEncoding, .warning,
    title: "The answer is compressed",
    message: "The answer is compressed ({actual}), although nothing was asked for.",
    reason:
      "A server may compress only if the request accepts it (RFC 9110, section 8.4). Whether "
      + "WhatsApp decompresses is not known.",
    source: "RFC 9110, sections 8.4 and 12.5.3",
    remedy: "Turn compression off for media, which doesn't get smaller by it.")
}
