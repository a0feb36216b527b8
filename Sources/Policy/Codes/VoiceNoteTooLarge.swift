internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// A voice note over 512 KB has no play icon.
  public static let voiceNoteTooLarge = FindingCode(rawValue: "voice-note-too-large")
}

extension Explanation {
  static let voiceNoteTooLarge = Explanation(
    .voiceNoteTooLarge, .warning,
    title: "A voice note over 512 KB has no play icon",
    message: "A voice note of at most {limit} bytes is shown with a play icon; this one has "
      + "{actual} bytes, and is shown with a download icon.",
    reason: "Recipients see a download icon in place of the play icon on Ogg Opus files over "
      + "512 KB.",
    source: "Meta, audio messages: voice messages",
    remedy: "Encode it at a lower rate, or in parts.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Re-encode it at a lower rate", run: "ffmpeg",
          ["-i", .input, "-vn", "-c:a", "libopus", "-ac", "1", "-b:a", "16k", .output("ogg")]),
        from: [.audio], makes: .oggAudio)
    ])
}
