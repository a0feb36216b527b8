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
    commands: [
      RemedyCommand(
        "Mix it down: ffmpeg -i {file} -vn -c:a libopus -ac 1 {out:ogg}", types: ["audio/"])
    ])
}
