extension FindingCode {
  /// The media ID is not numeric.
  public static let invalidMediaID = FindingCode(rawValue: "invalid-media-id")
}

extension Explanation {
  static let invalidMediaID = Explanation(
    .invalidMediaID, .warning,
    title: "The media ID is not numeric",
    message: "The media ID {actual} is not numeric.",
    reason: "All media IDs in Meta's documentation consist of digits. An ID expires after 30 days.",
    source: "Meta, media: upload",
    remedy: "Use the ID that the upload returned.")
}
