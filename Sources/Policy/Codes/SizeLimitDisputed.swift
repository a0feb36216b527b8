extension FindingCode {
  /// Sources disagree on the cap, and the other reading gives the other verdict.
  public static let sizeLimitDisputed = FindingCode(rawValue: "size-limit-disputed")
}

extension Explanation {
  static let sizeLimitDisputed = Explanation(
    .sizeLimitDisputed, .note,
    title: "Sources disagree on the cap, and the other reading gives the other verdict",
    message: "{Endpoint} of {actual} bytes is over the {expected} that another reading gives.",
    reason: "WaConnect's page prints the sticker caps as \"500 KB / 100 KB\" beside "
      + "\"static/animated\". Meta's pages, its sample code and five other providers say "
      + "100 KB static and 500 KB animated, which is what this policy holds to.",
    source: "WaConnect API, media messages page, against Meta's stickers page and "
      + "github.com/WhatsApp/stickers",
    remedy: "Nothing to mend; the policy waconnect-as-printed follows the page to the letter.")
}
