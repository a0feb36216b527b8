internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The bit depth is too high.
  public static let bitDepthNotAllowed = FindingCode(rawValue: "bit-depth-not-allowed")
}

extension Explanation {
  static let bitDepthNotAllowed = Explanation(
    .bitDepthNotAllowed, .error,
    title: "The bit depth is too high",
    message: "{Endpoint} must have {expected} bits per channel; this file has {actual}.",
    reason: "WhatsApp accepts 8 bits per channel and rejects 16.",
    source: "Meta, error 131053: \"Image is invalid … 8 bit/channels\"",
    remedy: "Convert the image to 8 bits per channel.",
    fixes: [
      RemedyChoice(fix: "Convert it to 8 bits", from: [.image], makes: [.jpeg, .png])
    ])
}
