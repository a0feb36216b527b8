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
    message: "The file is stored as movie fragments (moof), as for streaming.",
    reason: "Fragmented MP4 is refused as audio (\"however on processing it is of type "
      + "application/octet-stream\") and doesn't play everywhere as video.",
    source: "Reports of error 131053; ISO/IEC 14496-12, 8.8",
    remedy: "Store it in one piece; nothing is encoded anew.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Store it in one piece", run: "ffmpeg",
          ["-i", .input, "-vn", "-c", "copy", "-movflags", "+faststart", .output("m4a")]), makes: .mpeg4Audio),
      RemedyChoice(
        Remedy(
          "Store it in one piece", run: "ffmpeg",
          ["-i", .input, "-c", "copy", "-movflags", "+faststart", .output("mp4")]), makes: .mpeg4Video),
    ])
}
