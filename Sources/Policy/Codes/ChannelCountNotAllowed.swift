internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The audio has too many channels.
  public static let channelCountNotAllowed = FindingCode(rawValue: "channel-count-not-allowed")
}

extension Explanation {
  static let channelCountNotAllowed = Explanation(
    .channelCountNotAllowed, .error,
    title: "The audio has too many channels",
    message: "The number of audio channels must be {expected}; this file has {actual}.",
    reason: "Ogg Opus must be mono. Stereo is reported as delivered but doesn't play.",
    source: "Meta, supported media types: \"OPUS codecs only; mono input only\"",
    remedy: "Encode the audio with one channel.",
    fixes: [
      RemedyChoice(fix: "Downmix it to mono", from: [.audio], makes: [.oggAudio])
    ])
}
