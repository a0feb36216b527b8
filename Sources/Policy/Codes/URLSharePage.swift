extension FindingCode {
  /// The URL leads to a page that shows the file.
  public static let urlSharePage = FindingCode(rawValue: "url-share-page")
}

extension Explanation {
  static let urlSharePage = Explanation(
    .urlSharePage, .error,
    title: "The URL leads to a page that shows the file",
    message: "The URL leads to a page at {actual} that shows the file, not to the file itself.",
    reason:
      "WhatsApp fetches what the URL answers, and that is an HTML page.",
    source: "Reports of error 131053 with links of file sharing services",
    remedy: "Use a direct link to the file, or upload the file.")
}
