extension FindingCode {
  /// The request was checked by its fields alone.
  public static let mediaNotChecked = FindingCode(rawValue: "media-not-checked")
}

extension Explanation {
  static let mediaNotChecked = Explanation(
    .mediaNotChecked, .note,
    title: "The request was checked by its fields alone",
    message: "No local file was given, so the media itself was not checked.",
    reason: "What stands behind a URL or an ID is not fetched.",
    source: "preflight",
    remedy: "Give the local file as well to have it checked.")
}
