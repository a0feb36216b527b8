extension FindingCode {
  /// There is no sound in the audio.
  public static let noAudioStream = FindingCode(rawValue: "no-audio-stream")
}

extension Explanation {
  static let noAudioStream = Explanation(
    .noAudioStream, .error,
    title: "There is no sound in the audio",
    message: "An audio message must have an audio stream; this file has none.",
    reason: "A file of text or data tracks alone plays nothing, whatever its name.",
    source: "Meta, supported media types",
    remedy: "Export the sound into the file, or send another.")
}
