extension FindingCode {
  /// The media URL is http.
  public static let insecureMediaURL = FindingCode(rawValue: "insecure-media-url")
}

extension Explanation {
  static let insecureMediaURL = Explanation(
    .insecureMediaURL, .warning,
    title: "The media URL is http",
    message: "The media URL is http; several providers take https alone.",
    reason: "Meta takes http, but several providers in front of it refuse it, and the file "
      + "travels in the clear.",
    source: "Meta, media object: link (\"HTTP/HTTPS\"); pages of several providers",
    remedy: "Serve the file over https.")
}
