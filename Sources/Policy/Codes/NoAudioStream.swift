extension FindingCode {
  /// The file has no audio stream.
  public static let noAudioStream = FindingCode(rawValue: "no-audio-stream")
}

extension Explanation {
  static let noAudioStream = Explanation(
    .noAudioStream, .error,
    title: "The file has no audio stream",
    message: "An audio message must have an audio stream; this file has none.",
    reason: "A file with only text or data tracks plays nothing, whatever its name.",
    source: "Meta, supported media types",
    remedy: "Export the file with audio, or send another file.")
}
