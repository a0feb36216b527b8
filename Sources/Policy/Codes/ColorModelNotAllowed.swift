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
    commands: [
      RemedyCommand(
        "Convert it to RGB: magick {file} -colorspace sRGB {out:jpg}", types: ["image/"])
    ])
}
