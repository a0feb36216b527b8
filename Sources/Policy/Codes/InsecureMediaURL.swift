extension FindingCode {
  /// The media URL uses http.
  public static let insecureMediaURL = FindingCode(rawValue: "insecure-media-url")
}

extension Explanation {
  static let insecureMediaURL = Explanation(
    .insecureMediaURL, .warning,
    title: "The media URL uses http",
    message: "The media URL uses http; several providers accept only https.",
    reason:
      "Meta accepts http, but several providers in front of it reject it. The file is also "
      + "transferred unencrypted.",
    source: "Meta, media object: link (\"HTTP/HTTPS\"); pages of several providers",
    remedy: "Serve the file over https.")
}
