internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// A frame duration is too short.
  public static let frameTooShort = FindingCode(rawValue: "frame-too-short")
}

extension Explanation {
  static let frameTooShort = Explanation(
    .frameTooShort, .error,
    title: "A frame duration is too short",
    message: "Every frame must last at least {expected} ms; the shortest lasts {actual} ms.",
    reason:
      "WhatsApp rejects animated stickers with a frame under 8 ms. A frame of 0 ms is a "
      + "common export error.",
    source: "github.com/WhatsApp/stickers, sticker validator",
    remedy: "Set the duration of each shorter frame to the limit.",
    fixes: [
      RemedyChoice(fix: "Lengthen the frames that are too short", from: [.image], makes: [.webP])
    ])
}
