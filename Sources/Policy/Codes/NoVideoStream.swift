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
    commands: [
      RemedyCommand(
        "Give the file a name that says sound, and send it as audio: ffmpeg -i "
          + "{file} -vn -c copy {out:m4a}", for: .video, types: ["audio/mp4"])
    ])
}
