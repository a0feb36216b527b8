internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The video codec is not allowed.
  public static let videoCodecNotAllowed = FindingCode(rawValue: "video-codec-not-allowed")
}

extension Explanation {
  static let videoCodecNotAllowed = Explanation(
    .videoCodecNotAllowed, .error,
    title: "The video codec is not allowed",
    message: "The video codec must be {expected}; this file uses {actual}.",
    reason:
      "WhatsApp plays only H.264. It detects the codec itself: \"is of type video/mp4, "
      + "videoCodec=hevc\".",
    source: "Meta, supported media types: \"Only H.264 video codec and AAC audio codec\"; "
      + "error 131053",
    remedy: "Re-encode the video as H.264.",
    fixes: [
      RemedyChoice(fix: "Re-encode the video as H.264", from: [.video], makes: [.mpeg4Video])
    ])
}
