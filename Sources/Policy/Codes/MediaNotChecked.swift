extension FindingCode {
  /// Only the request fields were checked.
  public static let mediaNotChecked = FindingCode(rawValue: "media-not-checked")
}

extension Explanation {
  static let mediaNotChecked = Explanation(
    .mediaNotChecked, .note,
    title: "Only the request fields were checked",
    message: "No local file was given, so the media was not checked.",
    reason:
      "What a request's URL or ID leads to is fetched only with --probe, or with \"probe\" in the hook.",
    source: "preflight",
    remedy: "Pass the local file as well, or probe the request, to check it.")
}
