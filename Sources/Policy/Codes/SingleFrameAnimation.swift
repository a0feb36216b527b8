internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The animation has only one frame.
  public static let singleFrameAnimation = FindingCode(rawValue: "single-frame-animation")
}

extension Explanation {
  static let singleFrameAnimation = Explanation(
    .singleFrameAnimation, .warning,
    title: "The animation has only one frame",
    message:
      "The file is marked as animated but has only one frame, so the size limit of a static "
      + "sticker applies.",
    reason:
      "WhatsApp counts frames. It treats an animation of one frame as static and may show it "
      + "as a broken animation.",
    source: "github.com/WhatsApp/stickers, sticker validator",
    remedy: "Save it as a static WebP.",
    fixes: [
      RemedyChoice(fix: "Make a static image of its only frame", from: [.type(.webP)])
    ])
}
