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
    commands: [
      RemedyCommand(
        "Keep the sound alone: ffmpeg -i {file} -vn -c:a aac {out:m4a}", for: .audio,
        types: ["video/", "audio/"]),
      RemedyCommand(
        "Keep the first: ffmpeg -i {file} -map 0:v:0 -map '0:a:0?' -c copy -movflags "
          + "+faststart {out:mp4}", types: ["video/"]),
    ])
}
