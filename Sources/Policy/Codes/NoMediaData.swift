extension FindingCode {
  /// The file has no media data.
  public static let noMediaData = FindingCode(rawValue: "no-media-data")
}

extension Explanation {
  static let noMediaData = Explanation(
    .noMediaData, .error,
    title: "The file has no media data",
    message: "The file's tracks contain no samples, so there is nothing to play.",
    reason:
      "Often the file is an initialization segment of a web stream, which has the index but no "
      + "video or audio data.",
    source: "ISO/IEC 14496-12, 8.8 and 8.16",
    remedy: "Append the media segments in order, or download the video as one file.")
}
