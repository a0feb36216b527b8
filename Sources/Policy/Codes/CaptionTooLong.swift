extension FindingCode {
  /// The caption is too long.
  public static let captionTooLong = FindingCode(rawValue: "caption-too-long")
}

extension Explanation {
  static let captionTooLong = Explanation(
    .captionTooLong, .error,
    title: "The caption is too long",
    message: "The caption must have at most {expected} characters; this one has {actual}.",
    reason:
      "Meta doesn't document how it counts the 1024 characters. preflight rejects more than "
      + "1024 Unicode scalars and warns about more than 1024 UTF-16 code units.",
    source: "Meta, media object: caption, \"Maximum 1024 characters\"",
    remedy: "Shorten the caption, or send the rest as a text message.")
}
