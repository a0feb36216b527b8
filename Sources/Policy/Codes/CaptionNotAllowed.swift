extension FindingCode {
  /// The endpoint takes no caption.
  public static let captionNotAllowed = FindingCode(rawValue: "caption-not-allowed")
}

extension Explanation {
  static let captionNotAllowed = Explanation(
    .captionNotAllowed, .error,
    title: "The endpoint takes no caption",
    message: "{Endpoint} can't have a caption.",
    reason: "Captions go with images, videos and documents.",
    source: "WaConnect API, media messages page: caption; Meta, error 131009",
    remedy: "Send the caption as a text message of its own.")
}
