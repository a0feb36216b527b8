extension FindingCode {
  /// The media URL is not public.
  public static let mediaURLNotPublic = FindingCode(rawValue: "media-url-not-public")
}

extension Explanation {
  static let mediaURLNotPublic = Explanation(
    .mediaURLNotPublic, .error,
    title: "The media URL is not public",
    message: "The media URL points to {actual}, which the provider's servers can't reach.",
    reason:
      "WhatsApp fetches the file over the internet. Addresses that exist only on your machine "
      + "or network fail with error 131053.",
    source: "WaConnect API, media messages page: mediaUrl must be public; RFC 1918, RFC 6890",
    remedy:
      "Host the file at a public URL, or upload it and pass its mediaId. For a test on your own network, use "
      + "--allow-private-hosts.")
}
