extension FindingCode {
  /// The server declares another type.
  public static let urlContentType = FindingCode(rawValue: "url-content-type")
}

extension Explanation {
  static let urlContentType = Explanation(
    .urlContentType, .error,
    title: "The server declares another type",
    message: "The server declares {actual}, but the file is {expected}.",
    reason:
      "WhatsApp judges the file by the Content-Type of the answer as well as by its bytes. A "
      + "type that contradicts them is refused. One that says nothing, or none, may be.",
    source: "Reports of refused media with a wrong Content-Type (chatwoot 10428)",
    remedy: "Set the file's Content-Type where it is stored.")
}
