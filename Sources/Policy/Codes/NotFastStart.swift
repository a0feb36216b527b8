internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The index stands behind the media data.
  public static let notFastStart = FindingCode(rawValue: "not-fast-start")
}

extension Explanation {
  static let notFastStart = Explanation(
    .notFastStart, .warning,
    title: "The index stands behind the media data",
    message: "The moov box stands after the media data, so playback can't begin before "
      + "everything is there.",
    reason: "Meta recommends moov before mdat.",
    source: "Meta, supported media types: \"moov before mdat\"",
    remedy: "Move the index to the front; nothing is encoded anew.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Move it", run: "ffmpeg", ["-i", .input, "-c", "copy", "-movflags", "+faststart", .output("mp4")]),
        makes: .mpeg4Video)
    ])
}
