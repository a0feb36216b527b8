internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The MP4 is fragmented.
  public static let fragmentedFile = FindingCode(rawValue: "fragmented-file")
}

extension Explanation {
  static let fragmentedFile = Explanation(
    .fragmentedFile, .error,
    title: "The MP4 is fragmented",
    message: "The file is a fragmented MP4 (moof), as used for streaming.",
    reason:
      "Fragmented MP4 audio is rejected (\"however on processing it is of type "
      + "application/octet-stream\"). Fragmented video doesn't play everywhere.",
    source: "Reports of error 131053; ISO/IEC 14496-12, 8.8",
    remedy: "Remux the file without fragments. This doesn't re-encode it.",
    fixes: [
      RemedyChoice(fix: "Put it into a plain MP4", makes: [.mpeg4Audio, .mpeg4Video]),
      RemedyChoice(fix: "Convert the audio", from: [.video, .audio], makes: [.oggAudio]),
    ])
}
