internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// There is more than one video stream.
  public static let tooManyVideoStreams = FindingCode(rawValue: "too-many-video-streams")
}

extension Explanation {
  static let tooManyVideoStreams = Explanation(
    .tooManyVideoStreams, .warning,
    title: "There is more than one video stream",
    message: "The file has {actual} video streams, where {expected} may be.",
    reason: "Players show the first video stream and pass over the others, which are sent "
      + "all the same.",
    source: "Inferred from players; no source states a limit",
    remedy: "Keep one video stream.",
    fixes: [
      RemedyChoice(
        Remedy("Keep the audio alone", run: "ffmpeg", ["-i", .input, "-vn", "-c:a", "aac", .output("m4a")]),
        from: [.video, .audio], makes: .mpeg4Audio),
      RemedyChoice(
        Remedy(
          "Keep the first", run: "ffmpeg",
          [
            "-i", .input, "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-movflags", "+faststart",
            .output("mp4"),
          ]), from: [.video], makes: .mpeg4Video),
    ])
}
