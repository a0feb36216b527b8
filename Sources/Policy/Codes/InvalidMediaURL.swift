extension FindingCode {
  /// The media URL is not a valid http(s) URL.
  public static let invalidMediaURL = FindingCode(rawValue: "invalid-media-url")
}

extension Explanation {
  static let invalidMediaURL = Explanation(
    .invalidMediaURL, .error,
    title: "The media URL is not a valid http(s) URL",
    message: "The media URL is not {expected}: {actual}.",
    reason: "WhatsApp's servers fetch the file over http or https only.",
    source: "Meta, media object: link; RFC 3986; error 131053",
    remedy: "Use a URL such as https://cdn.example.com/file.jpg, with spaces as %20.")
}
