internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file has too many audio streams.
  public static let tooManyAudioStreams = FindingCode(rawValue: "too-many-audio-streams")
}

extension Explanation {
  static let tooManyAudioStreams = Explanation(
    .tooManyAudioStreams, .error,
    title: "The file has too many audio streams",
    message: "The number of audio streams must be {expected}; this file has {actual}.",
    reason: "WhatsApp accepts at most one audio stream.",
    source: "Meta, supported media types: \"single audio stream or no audio stream\"",
    remedy: "Remove all audio streams but one.",
    fixes: [
      RemedyChoice(fix: "Keep one audio stream", from: [.video], makes: [.mpeg4Video])
    ])
}
