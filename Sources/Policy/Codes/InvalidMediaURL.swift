extension FindingCode {
  /// The media URL is no http(s) URL with a host.
  public static let invalidMediaURL = FindingCode(rawValue: "invalid-media-url")
}

extension Explanation {
  static let invalidMediaURL = Explanation(
    .invalidMediaURL, .error,
    title: "The media URL is no http(s) URL with a host",
    message: "The media URL is not {expected}: {actual}.",
    reason: "WhatsApp's servers fetch the file over http or https; nothing else can be fetched.",
    source: "Meta, media object: link; RFC 3986; error 131053",
    remedy: "Give a URL such as https://cdn.example.com/file.jpg, with spaces as %20.")
}
