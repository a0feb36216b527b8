internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The video has more than 8 bits or finer colour than phones decode.
  public static let pixelFormatNotAllowed = FindingCode(rawValue: "pixel-format-not-allowed")
}

extension Explanation {
  static let pixelFormatNotAllowed = Explanation(
    .pixelFormatNotAllowed, .error,
    title: "The video has more than 8 bits or finer colour than phones decode",
    message: "The video must be {expected}; this one is {actual}.",
    reason: "10-bit, 4:2:2 and 4:4:4 video is shown green or black on phones.",
    source: "Reports of recipients' players",
    remedy: "Encode the video as 8-bit 4:2:0.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Encode it", run: "ffmpeg",
          [
            "-i", .input, "-c:v", "libx264", "-profile:v", "main", "-pix_fmt", "yuv420p", "-vf",
            "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-c:a", "copy", "-movflags", "+faststart", .output("mp4"),
          ]), from: [.video], makes: .mpeg4Video)
    ])
}
