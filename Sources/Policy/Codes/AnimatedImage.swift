internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The picture moves where a still one belongs.
  public static let animatedImage = FindingCode(rawValue: "animated-image")
}

extension Explanation {
  static let animatedImage = Explanation(
    .animatedImage, .warning,
    title: "The picture moves where a still one belongs",
    message: "{Endpoint} is shown as a still picture; this one has more than one frame.",
    reason: "An animated PNG is shown as its first frame at best.",
    source: "Meta, image messages",
    remedy: "Send it as an animated sticker or a video, or keep one frame.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Make a video of it and send it as a video", run: "ffmpeg",
          [
            "-i", .input, "-c:v", "libx264", "-profile:v", "main", "-pix_fmt", "yuv420p", "-vf",
            "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-movflags", "+faststart", .output("mp4"),
          ]), from: [.type(.png), .type(.gif)], makes: .mpeg4Video)
    ])
}
