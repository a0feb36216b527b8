extension FindingCode {
  /// The signed URL has expired.
  public static let urlExpired = FindingCode(rawValue: "url-expired")
}

extension Explanation {
  static let urlExpired = Explanation(
    .urlExpired, .error,
    title: "The signed URL has expired",
    message: "The signed URL expired at {actual}.",
    reason:
      "A signed URL states when it expires. WhatsApp fetches it after the message was "
      + "accepted, up to a minute later and again for each recipient; then the server refuses it.",
    source: "The URL's own parameters: Amazon S3, Google Cloud Storage, Azure, CloudFront, Meta",
    remedy: "Sign the URL again, for a day or more, just before sending.")
}
