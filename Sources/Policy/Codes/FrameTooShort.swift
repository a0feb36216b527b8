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
    commands: [
      RemedyCommand(
        "Set the frames' durations: webpmux -duration 40 {file} -o {out:webp}", types: ["image/webp"])
    ])
}
