internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The animation is too long.
  public static let animationTooLong = FindingCode(rawValue: "animation-too-long")
}

extension Explanation {
  static let animationTooLong = Explanation(
    .animationTooLong, .error,
    title: "The animation is too long",
    message: "The animation must last at most {expected} ms; this one lasts {actual} ms.",
    reason: "WhatsApp rejects animated stickers longer than 10 seconds.",
    source: "github.com/WhatsApp/stickers, sticker validator",
    remedy: "Remove frames or shorten their durations.",
    fixes: [
      RemedyChoice(fix: "Speed it up", from: [.image], makes: [.webP])
    ])
}
