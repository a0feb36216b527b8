extension FindingCode {
  /// The caption is over the limit.
  public static let captionTooLong = FindingCode(rawValue: "caption-too-long")
}

extension Explanation {
  static let captionTooLong = Explanation(
    .captionTooLong, .error,
    title: "The caption is over the limit",
    message: "The caption may have at most {expected} characters; this one has {actual}.",
    reason: "How the 1024 characters are counted is not said: over 1024 Unicode scalars is "
      + "refused here, over 1024 UTF-16 units is warned of.",
    source: "Meta, media object: caption, \"Maximum 1024 characters\"",
    remedy: "Shorten the caption, or send the rest as a text message.")
}
