internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The image has the wrong width or height.
  public static let pixelSizeNotAllowed = FindingCode(rawValue: "pixel-size-not-allowed")
}

extension Explanation {
  static let pixelSizeNotAllowed = Explanation(
    .pixelSizeNotAllowed, .error,
    title: "The image has the wrong width or height",
    message: "{Endpoint} must be {expected} pixels; this file is {actual}.",
    reason: "Stickers must be exactly 512 × 512 pixels.",
    source: "github.com/WhatsApp/stickers; Meta, sticker messages",
    remedy: "Scale the image, with a transparent border if the aspect ratio differs.",
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
