extension FindingCode {
  /// The media ID or upload handle is invalid.
  public static let invalidMediaID = FindingCode(rawValue: "invalid-media-id")
}

extension Explanation {
  static let invalidMediaID = Explanation(
    .invalidMediaID, .warning,
    title: "The media ID or upload handle is invalid",
    message: "The media ID {actual} is not numeric.",
    reason:
      "All media IDs in Meta's documentation consist of digits. An ID expires after 30 days. A template is created with "
      + "the handle of a resumable upload instead, such as 4::aW…: a URL there fails with error 100, subcode 2388273, "
      + "and a media ID with subcode 2494102. A message can't be sent with a handle.",
    source: "Meta, media: upload; Resumable Upload API; reports of subcodes 2388273 and 2494102",
    remedy: "Use the ID, or the handle, that the upload returned.")
}
