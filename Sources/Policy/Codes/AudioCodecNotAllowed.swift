internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The audio codec is not allowed.
  public static let audioCodecNotAllowed = FindingCode(rawValue: "audio-codec-not-allowed")
}

extension Explanation {
  static let audioCodecNotAllowed = Explanation(
    .audioCodecNotAllowed, .error,
    title: "The audio codec is not allowed",
    message: "The audio codec must be {expected}; this file uses {actual}.",
    reason:
      "WhatsApp accepts one codec per container: AAC in MP4, Opus in Ogg, Layer III in MPEG "
      + "audio. Other codecs are rejected or delivered without audio.",
    source: "Meta, supported media types; error 131053: \"audioCodec=unknown\"",
    remedy: "Re-encode the audio.",
    fixes: [
      RemedyChoice(fix: "Re-encode the audio as AAC", from: [.video], makes: [.mpeg4Video]),
      RemedyChoice(fix: "Re-encode the audio", from: [.audio], makes: [.oggAudio, .mpeg4Audio]),
    ])
}
