internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The image is animated; it must be static.
  public static let animatedImage = FindingCode(rawValue: "animated-image")
}

extension Explanation {
  static let animatedImage = Explanation(
    .animatedImage, .warning,
    title: "The image is animated; at most its first frame is shown",
    message: "{Endpoint} is shown as a static image; this file is animated.",
    reason: "WhatsApp shows at most the first frame of an animated PNG.",
    source: "Meta, image messages",
    remedy: "Send it as an animated sticker or a video, or keep only one frame.",
    fixes: [
      RemedyChoice(fix: "Keep only its default image", from: [.type(.png)], makes: [.png])
    ])
}
