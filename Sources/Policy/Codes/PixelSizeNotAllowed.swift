internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The picture has the wrong width or height.
  public static let pixelSizeNotAllowed = FindingCode(rawValue: "pixel-size-not-allowed")
}

extension Explanation {
  static let pixelSizeNotAllowed = Explanation(
    .pixelSizeNotAllowed, .error,
    title: "The picture has the wrong width or height",
    message: "{Endpoint} must be {expected} pixels; this one is {actual}.",
    reason: "Stickers are exactly 512 × 512 pixels; any other size is refused.",
    source: "github.com/WhatsApp/stickers; Meta, sticker messages",
    remedy: "Scale the picture, with a transparent border where its shape differs.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Scale it", run: "magick",
          [
            .input, "-coalesce", "-resize", "512x512", "-background", "none", "-gravity", "center", "-extent",
            "512x512", .output("webp"),
          ]), from: [.image], makes: .webP)
    ])
}
