internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The header says animated, and there is one frame.
  public static let singleFrameAnimation = FindingCode(rawValue: "single-frame-animation")
}

extension Explanation {
  static let singleFrameAnimation = Explanation(
    .singleFrameAnimation, .warning,
    title: "The header says animated, and there is one frame",
    message: "The file says that it is animated, but it has a single frame, so the cap of a "
      + "static sticker holds.",
    reason: "WhatsApp counts frames; an animation of one frame is treated as static, and may "
      + "be shown as a broken animation.",
    source: "github.com/WhatsApp/stickers, sticker validator",
    remedy: "Save it as a still WebP.",
    fixes: [
      RemedyChoice(
        Remedy("Take the frame out", run: "webpmux", ["-get", "frame", "1", .input, "-o", .output("webp")]),
        from: [.type(.webP)], makes: .webP)
    ])
}
