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
    reason:
      "Where the width and height are fixed, as for stickers, an image of another size is rejected instead of "
      + "scaled.",
    source: "github.com/WhatsApp/stickers; Meta, sticker messages",
    remedy: "Scale the image, with a transparent border if the aspect ratio differs.",
    fixes: [
      RemedyChoice(
        fix: "Scale it to {width} × {height}, with a transparent border if needed", from: [.image, .video],
        makes: [.webP])
    ])
}
