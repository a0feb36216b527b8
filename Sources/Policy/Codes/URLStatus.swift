extension FindingCode {
  /// The server refuses the file.
  public static let urlStatus = FindingCode(rawValue: "url-status")
}

extension Explanation {
  static let urlStatus = Explanation(
    .urlStatus, .error,
    title: "The server refuses the file",
    message: "The server answers {actual}.",
    reason:
      "Only an answer of 200 has the file. Anything else fails with error 131053, "
      + "“Downloading media from weblink failed with http code …”. After 429 and 5xx, sending "
      + "again may help; after 403 and 404 it doesn't.",
    source: "Reports of error 131053 with the codes 400, 401, 403, 404, 429, 500, 502, 503",
    remedy: "Make sure that a plain GET of the URL, without a login, answers 200.")
}
