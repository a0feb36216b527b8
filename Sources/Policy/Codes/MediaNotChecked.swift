extension FindingCode {
  /// Only the request fields were checked.
  public static let mediaNotChecked = FindingCode(rawValue: "media-not-checked")
}

extension Explanation {
  static let mediaNotChecked = Explanation(
    .mediaNotChecked, .note,
    title: "Only the request fields were checked",
    message: "No local file was given, so the media was not checked.",
    reason: "preflight doesn't fetch the media behind a URL or an ID.",
    source: "preflight",
    remedy: "Pass the local file as well to check it.")
}
