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
    commands: [
      RemedyCommand(
        "Encode it as Opus, mono: ffmpeg -i {file} -vn -c:a libopus -ac 1 {out:ogg}", types: ["audio/ogg"]),
      RemedyCommand(
        "Encode the sound as AAC: ffmpeg -i {file} -c:v copy -c:a aac -movflags "
          + "+faststart {out:mp4}", types: ["video/"]),
      RemedyCommand(
        "Encode it as AAC: ffmpeg -i {file} -vn -c:a aac {out:m4a}", types: ["audio/mp4"]),
      RemedyCommand(
        "Encode it as MP3: ffmpeg -i {file} -vn -c:a libmp3lame {out:mp3}", types: ["audio/"]),
    ])
}
