internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The picture has more bits per channel than are taken.
  public static let bitDepthNotAllowed = FindingCode(rawValue: "bit-depth-not-allowed")
}

extension Explanation {
  static let bitDepthNotAllowed = Explanation(
    .bitDepthNotAllowed, .error,
    title: "The picture has more bits per channel than are taken",
    message: "{Endpoint} may have {expected} bits per channel; this one has {actual}.",
    reason: "WhatsApp takes 8 bits per channel and refuses 16.",
    source: "Meta, error 131053: \"Image is invalid … 8 bit/channels\"",
    remedy: "Convert the picture to 8 bits per channel.",
    fixes: [
      RemedyChoice(
        Remedy("Convert it to 8 bits", run: "magick", [.input, "-depth", "8", .output("png")]),
        from: [.image], makes: .png)
    ])
}
