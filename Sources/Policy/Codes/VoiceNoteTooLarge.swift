internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The voice note is over 512 KB and has no play icon.
  public static let voiceNoteTooLarge = FindingCode(rawValue: "voice-note-too-large")
}

extension Explanation {
  static let voiceNoteTooLarge = Explanation(
    .voiceNoteTooLarge, .warning,
    title: "The voice note is over 512 KB and has no play icon",
    message:
      "A voice note over {limit} bytes gets a download icon instead of a play icon; this file "
      + "has {actual} bytes.",
    reason: "WhatsApp shows a download icon instead of a play icon for Ogg Opus files over 512 KB.",
    source: "Meta, audio messages: voice messages",
    remedy: "Encode it at a lower bit rate, or split it.",
    fixes: [
      RemedyChoice(fix: "Re-encode it at a lower bit rate", from: [.audio], makes: [.oggAudio])
    ])
}
