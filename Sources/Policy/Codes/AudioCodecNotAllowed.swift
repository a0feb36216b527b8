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
      RemedyChoice(
        Remedy(
          "Re-encode it as mono Opus", run: "ffmpeg",
          ["-i", .input, "-vn", "-c:a", "libopus", "-ac", "1", .output("ogg")]), from: [.type(.oggAudio)],
        makes: .oggAudio),
      RemedyChoice(
        Remedy(
          "Re-encode the audio as AAC", run: "ffmpeg",
          ["-i", .input, "-c:v", "copy", "-c:a", "aac", "-movflags", "+faststart", .output("mp4")]),
        from: [.video], makes: .mpeg4Video),
      RemedyChoice(
        Remedy("Re-encode it as AAC", run: "ffmpeg", ["-i", .input, "-vn", "-c:a", "aac", .output("m4a")]),
        from: [.type(.mpeg4Audio)], makes: .mpeg4Audio),
      RemedyChoice(
        Remedy(
          "Re-encode it as MP3", run: "ffmpeg", ["-i", .input, "-vn", "-c:a", "libmp3lame", .output("mp3")]),
        from: [.audio], makes: .mpegAudio),
    ])
}
