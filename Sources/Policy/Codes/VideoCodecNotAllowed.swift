internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The video is encoded with a codec that isn't taken.
  public static let videoCodecNotAllowed = FindingCode(rawValue: "video-codec-not-allowed")
}

extension Explanation {
  static let videoCodecNotAllowed = Explanation(
    .videoCodecNotAllowed, .error,
    title: "The video is encoded with a codec that isn't taken",
    message: "The video must be encoded as {expected}; this one is {actual}.",
    reason: "WhatsApp plays H.264 alone. It reads the codec itself: \"is of type video/mp4, "
      + "videoCodec=hevc\".",
    source: "Meta, supported media types: \"Only H.264 video codec and AAC audio codec\"; "
      + "error 131053",
    remedy: "Encode the video as H.264.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Encode it", run: "ffmpeg",
          [
            "-i", .input, "-c:v", "libx264", "-profile:v", "main", "-pix_fmt", "yuv420p", "-vf",
            "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-c:a", "aac", "-movflags", "+faststart", .output("mp4"),
          ]), from: [.video], makes: .mpeg4Video)
    ])
}
