internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// There is more than one audio stream.
  public static let tooManyAudioStreams = FindingCode(rawValue: "too-many-audio-streams")
}

extension Explanation {
  static let tooManyAudioStreams = Explanation(
    .tooManyAudioStreams, .error,
    title: "There is more than one audio stream",
    message: "The file has {actual} audio streams, where {expected} may be.",
    reason: "WhatsApp takes a single audio stream or none.",
    source: "Meta, supported media types: \"single audio stream or no audio stream\"",
    remedy: "Keep one audio stream.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Keep the first", run: "ffmpeg",
          [
            "-i", .input, "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-movflags", "+faststart",
            .output("mp4"),
          ]), from: [.video], makes: .mpeg4Video)
    ])
}
