extension FindingCode {
  /// The media URL can't be reached from WhatsApp's servers.
  public static let mediaURLNotPublic = FindingCode(rawValue: "media-url-not-public")
}

extension Explanation {
  static let mediaURLNotPublic = Explanation(
    .mediaURLNotPublic, .error,
    title: "The media URL can't be reached from WhatsApp's servers",
    message: "The media URL points to {actual}, which WhatsApp's servers can't fetch.",
    reason: "The file is fetched from outside: addresses that exist only on your machine or "
      + "in your network fail with error 131053.",
    source: "WaConnect API, media messages page: mediaUrl must be public; RFC 1918, RFC 6890",
    remedy: "Put the file at a public URL, or upload it and give its mediaId.")
}
