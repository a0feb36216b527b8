extension FindingCode {
  /// Sources disagree on the size limit.
  public static let sizeLimitDisputed = FindingCode(rawValue: "size-limit-disputed")
}

extension Explanation {
  static let sizeLimitDisputed = Explanation(
    .sizeLimitDisputed, .note,
    title: "Sources disagree on the size limit",
    message: "{Endpoint} of {actual} bytes is over the limit of {expected} that another source gives.",
    reason:
      "WaConnect's page prints the sticker limits as \"500 KB / 100 KB\" beside "
      + "\"static/animated\". Meta's pages, its sample code and five other providers say 100 KB "
      + "static and 500 KB animated. This policy uses the latter.",
    source: "WaConnect API, media messages page, against Meta's stickers page and "
      + "github.com/WhatsApp/stickers",
    remedy: "No fix needed. The policy waconnect-as-printed follows the page literally.")
}
