extension FindingCode {
  /// The URL can't be fetched.
  public static let urlUnreachable = FindingCode(rawValue: "url-unreachable")
}

extension Explanation {
  static let urlUnreachable = Explanation(
    .urlUnreachable, .error,
    title: "The URL can't be fetched",
    message: "The URL can't be fetched: {actual}.",
    reason:
      "WhatsApp fetches the file with one GET, after the message was accepted. Without an "
      + "address, a connection, a valid certificate and a whole answer in time, the message "
      + "silently never arrives (error 131053). Of a media ID it says that Meta's API can't be "
      + "asked or refuses, or that the download isn't what was uploaded.",
    source: "Cloud API reference, media: links; reports of error 131053",
    remedy:
      "Make sure that anyone on the internet can fetch the URL (curl -v URL), or upload the file and send the media ID."
  )
}
