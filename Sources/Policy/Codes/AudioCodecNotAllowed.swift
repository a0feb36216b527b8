internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The sound is encoded with a codec that isn't taken.
  public static let audioCodecNotAllowed = FindingCode(rawValue: "audio-codec-not-allowed")
}

extension Explanation {
  static let audioCodecNotAllowed = Explanation(
    .audioCodecNotAllowed, .error,
    title: "The sound is encoded with a codec that isn't taken",
    message: "The sound must be encoded as {expected}; this one is {actual}.",
    reason: "Each container goes with one codec at WhatsApp: AAC in MP4, Opus in Ogg, Layer "
      + "III in MPEG audio. Others are delivered silent or refused.",
    source: "Meta, supported media types; error 131053: \"audioCodec=unknown\"",
    remedy: "Encode the sound anew.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Encode it as Opus, mono", run: "ffmpeg",
          ["-i", .input, "-vn", "-c:a", "libopus", "-ac", "1", .output("ogg")]), from: [.type(.oggAudio)],
        makes: .oggAudio),
      RemedyChoice(
        Remedy(
          "Encode the audio as AAC", run: "ffmpeg",
          ["-i", .input, "-c:v", "copy", "-c:a", "aac", "-movflags", "+faststart", .output("mp4")]),
        from: [.video], makes: .mpeg4Video),
      RemedyChoice(
        Remedy("Encode it as AAC", run: "ffmpeg", ["-i", .input, "-vn", "-c:a", "aac", .output("m4a")]),
        from: [.type(.mpeg4Audio)], makes: .mpeg4Audio),
      RemedyChoice(
        Remedy(
          "Encode it as MP3", run: "ffmpeg", ["-i", .input, "-vn", "-c:a", "libmp3lame", .output("mp3")]),
        from: [.audio], makes: .mpegAudio),
    ])
}
