internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The sound has too many channels.
  public static let channelCountNotAllowed = FindingCode(rawValue: "channel-count-not-allowed")
}

extension Explanation {
  static let channelCountNotAllowed = Explanation(
    .channelCountNotAllowed, .error,
    title: "The sound has too many channels",
    message: "The sound must have {expected} channel; this one has {actual}.",
    reason: "Ogg with Opus must be mono. Stereo is reported as delivered and then doesn't play.",
    source: "Meta, supported media types: \"OPUS codecs only; mono input only\"",
    remedy: "Mix the sound down to mono.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Downmix it to mono", run: "ffmpeg",
          ["-i", .input, "-vn", "-c:a", "libopus", "-ac", "1", .output("ogg")]), from: [.audio],
        makes: .oggAudio)
    ])
}
