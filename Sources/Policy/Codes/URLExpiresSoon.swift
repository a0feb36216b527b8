extension FindingCode {
  /// The signed URL expires soon.
  public static let urlExpiresSoon = FindingCode(rawValue: "url-expires-soon")
}

extension Explanation {
  static let urlExpiresSoon = Explanation(
    .urlExpiresSoon, .warning,
    title: "The signed URL expires soon",
    message: "The signed URL expires at {actual}, in less than 15 minutes.",
    reason:
      "WhatsApp fetches the media after the message was accepted, and again for each recipient. A "
      + "URL that expires soon works for some of them only.",
    source: "The URL's own parameters: Amazon S3, Google Cloud Storage, Azure, CloudFront, Meta",
    remedy: "Sign the URL for a day or more.")
}
