internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// There is no picture in the video.
  public static let noVideoStream = FindingCode(rawValue: "no-video-stream")
}

extension Explanation {
  static let noVideoStream = Explanation(
    .noVideoStream, .error,
    title: "There is no picture in the video",
    message: "A video must have a video stream; this file has none.",
    reason: "A file with sound alone is refused as a video, whatever its name.",
    source: "Meta, supported media types",
    remedy: "Send it through the audio endpoint.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Give the file a name that says sound, and send it as audio", run: "ffmpeg",
          ["-i", .input, "-vn", "-c", "copy", .output("m4a")]), from: [.type(.mpeg4Audio)])
    ])
}
