internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The video's pixel format is not 8-bit 4:2:0.
  public static let pixelFormatNotAllowed = FindingCode(rawValue: "pixel-format-not-allowed")
}

extension Explanation {
  static let pixelFormatNotAllowed = Explanation(
    .pixelFormatNotAllowed, .error,
    title: "The video's pixel format is not 8-bit 4:2:0",
    message: "The video must be {expected}; this file is {actual}.",
    reason: "Phones show 10-bit, 4:2:2 and 4:4:4 video as green or black.",
    source: "Reports of recipients' players",
    remedy: "Re-encode the video as 8-bit 4:2:0.",
    fixes: [
      RemedyChoice(fix: "Re-encode the video with 8 bits and 4:2:0", from: [.video], makes: [.mpeg4Video])
    ])
}
