internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file has no video stream.
  public static let noVideoStream = FindingCode(rawValue: "no-video-stream")
}

extension Explanation {
  static let noVideoStream = Explanation(
    .noVideoStream, .error,
    title: "The file has no video stream",
    message: "A video must have a video stream; this file has none.",
    reason: "A file with only audio is rejected as a video, whatever its name.",
    source: "Meta, supported media types",
    remedy: "Send it through the audio endpoint.")
}
