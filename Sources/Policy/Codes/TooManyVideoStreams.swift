internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file has too many video streams.
  public static let tooManyVideoStreams = FindingCode(rawValue: "too-many-video-streams")
}

extension Explanation {
  static let tooManyVideoStreams = Explanation(
    .tooManyVideoStreams, .warning,
    title: "The file has too many video streams",
    message: "The number of video streams must be {expected}; this file has {actual}.",
    reason: "Players show the first video stream and ignore the others, which are still sent.",
    source: "Inferred from players; no source states a limit",
    remedy: "Remove all video streams but one.",
    fixes: [
      RemedyChoice(fix: "Keep only the audio", from: [.video, .audio], makes: [.oggAudio, .mpeg4Audio]),
      RemedyChoice(fix: "Keep one video stream", from: [.video], makes: [.mpeg4Video]),
    ])
}
