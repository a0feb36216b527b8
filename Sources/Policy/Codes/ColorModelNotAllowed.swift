internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The color model is not allowed.
  public static let colorModelNotAllowed = FindingCode(rawValue: "color-model-not-allowed")
}

extension Explanation {
  static let colorModelNotAllowed = Explanation(
    .colorModelNotAllowed, .error,
    title: "The color model is not allowed",
    message: "{Endpoint} must use {expected}; this file uses {actual}.",
    reason:
      "WhatsApp accepts RGB and RGBA. Images prepared for print (CMYK) are rejected as "
      + "\"Image is invalid\".",
    source: "Meta, error 131053: \"Image is invalid … JPG RGB/RGBA 8 bit\"",
    remedy: "Convert the image to RGB.",
    fixes: [
      RemedyChoice(fix: "Convert it to RGB", from: [.image], makes: [.jpeg, .png])
    ])
}
