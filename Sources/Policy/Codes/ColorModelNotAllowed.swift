internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The picture's colours are stored in a way that isn't taken.
  public static let colorModelNotAllowed = FindingCode(rawValue: "color-model-not-allowed")
}

extension Explanation {
  static let colorModelNotAllowed = Explanation(
    .colorModelNotAllowed, .error,
    title: "The picture's colours are stored in a way that isn't taken",
    message: "{Endpoint} must be stored as {expected}; this one is {actual}.",
    reason: "WhatsApp takes RGB and RGBA. Pictures prepared for print (CMYK) are refused as "
      + "\"Image is invalid\".",
    source: "Meta, error 131053: \"Image is invalid … JPG RGB/RGBA 8 bit\"",
    remedy: "Convert the picture to RGB.",
    fixes: [
      RemedyChoice(
        Remedy("Convert it to RGB", run: "magick", [.input, "-colorspace", "sRGB", .output("jpg")]),
        from: [.image], makes: .jpeg)
    ])
}
