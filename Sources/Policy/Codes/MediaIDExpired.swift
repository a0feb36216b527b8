extension FindingCode {
  /// The uploaded media has expired.
  public static let mediaIDExpired = FindingCode(rawValue: "media-id-expired")
}

extension Explanation {
  static let mediaIDExpired = Explanation(
    .mediaIDExpired, .error,
    title: "The uploaded media has expired",
    message: "The uploaded media has expired: {actual}.",
    reason:
      "Meta keeps an upload for 30 days.",
    source: "Cloud API reference, media: “all media files … are deleted after 30 days”",
    remedy: "Upload the file again, and send the new ID.")
}
