internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// A frame of the animation is shown too briefly.
  public static let frameTooShort = FindingCode(rawValue: "frame-too-short")
}

extension Explanation {
  static let frameTooShort = Explanation(
    .frameTooShort, .error,
    title: "A frame of the animation is shown too briefly",
    message: "Every frame must last at least {expected} ms; the shortest lasts {actual} ms.",
    reason: "WhatsApp refuses animated stickers with a frame under 8 ms. A frame of 0 ms is "
      + "a common export mistake.",
    source: "github.com/WhatsApp/stickers, sticker validator",
    remedy: "Give every frame 8 ms or more.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Set the frames' durations", run: "webpmux", ["-duration", "40", .input, "-o", .output("webp")]),
        from: [.type(.webP)], makes: .webP)
    ])
}
