extension FindingCode {
  /// The endpoint doesn't accept a caption.
  public static let captionNotAllowed = FindingCode(rawValue: "caption-not-allowed")
}

extension Explanation {
  static let captionNotAllowed = Explanation(
    .captionNotAllowed, .error,
    title: "The endpoint doesn't accept a caption",
    message: "{Endpoint} can't have a caption.",
    reason:
      "Only images, videos and documents can have a caption. The text beside a template's header is the template's own "
      + "body.",
    source: "WaConnect API, media messages page: caption; Meta, error 131009",
    remedy: "Remove the caption, or send it as a separate text message.")
}
