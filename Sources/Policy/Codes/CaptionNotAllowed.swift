extension FindingCode {
  /// The endpoint doesn't accept a caption.
  public static let captionNotAllowed = FindingCode(rawValue: "caption-not-allowed")
}

extension Explanation {
  static let captionNotAllowed = Explanation(
    .captionNotAllowed, .error,
    title: "The endpoint doesn't accept a caption",
    message: "{Endpoint} can't have a caption.",
    reason: "Only images, videos and documents can have a caption.",
    source: "WaConnect API, media messages page: caption; Meta, error 131009",
    remedy: "Send the caption as a separate text message.")
}
