internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The moov box follows mdat.
  public static let notFastStart = FindingCode(rawValue: "not-fast-start")
}

extension Explanation {
  static let notFastStart = Explanation(
    .notFastStart, .warning,
    title: "The moov box follows mdat",
    message:
      "The moov box follows the media data (mdat), so playback can't start until the whole "
      + "file is downloaded.",
    reason: "Meta recommends moov before mdat.",
    source: "Meta, supported media types: \"moov before mdat\"",
    remedy: "Move moov before mdat. This doesn't re-encode the video.",
    fixes: [
      RemedyChoice(fix: "Move moov to the front", makes: [.mpeg4Video])
    ])
}
