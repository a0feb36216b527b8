extension FindingCode {
  /// The media ID doesn't look like one of Meta's.
  public static let invalidMediaID = FindingCode(rawValue: "invalid-media-id")
}

extension Explanation {
  static let invalidMediaID = Explanation(
    .invalidMediaID, .warning,
    title: "The media ID doesn't look like one of Meta's",
    message: "The media ID {actual} is not made of digits.",
    reason: "Every official example of a media ID is digits alone. An ID lives for 30 days.",
    source: "Meta, media: upload",
    remedy: "Give the id that the upload answered with.")
}
