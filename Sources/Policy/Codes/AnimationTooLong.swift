extension FindingCode {
  /// The animation lasts too long.
  public static let animationTooLong = FindingCode(rawValue: "animation-too-long")
}

extension Explanation {
  static let animationTooLong = Explanation(
    .animationTooLong, .error,
    title: "The animation lasts too long",
    message: "The animation may last at most {expected} ms; this one lasts {actual} ms.",
    reason: "WhatsApp refuses animated stickers of more than 10 seconds in all.",
    source: "github.com/WhatsApp/stickers, sticker validator",
    remedy: "Leave out frames, or show them for a shorter time.")
}
