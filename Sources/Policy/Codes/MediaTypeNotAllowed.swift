internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The endpoint doesn't accept this media type.
  public static let mediaTypeNotAllowed = FindingCode(rawValue: "media-type-not-allowed")
}

extension Explanation {
  static let mediaTypeNotAllowed = Explanation(
    .mediaTypeNotAllowed, .error,
    title: "The endpoint doesn't accept this media type",
    message: "{Endpoint} can't be {actual}.",
    reason:
      "Each endpoint accepts a few types. WhatsApp checks the content, not the name: for a "
      + "WebP named .jpg or a WAV named .mp3 the API returns 200, then error 131053 arrives in "
      + "a webhook. A template takes the kind of media that it was created for: another kind in its "
      + "header is error 132012, \"Format mismatch, expected IMAGE, received VIDEO\".",
    source: "Meta, Cloud API reference, Media: supported media types; errors 131053 and 132012",
    remedy: "Convert the file to a type that the endpoint accepts, or send it through another endpoint.",
    fixes: [
      RemedyChoice(
        Remedy("Convert the image", run: "magick", [.input, "-delete", "1--1", .output("png")]),
        from: [.image], makes: .png),
      RemedyChoice(
        Remedy(
          "Convert it to a sticker", run: "magick",
          [
            .input, "-coalesce", "-resize", "512x512", "-background", "none", "-gravity", "center", "-extent",
            "512x512", .output("webp"),
          ]), from: [.image], makes: .webP),
      RemedyChoice(
        Remedy(
          "Convert the video", run: "ffmpeg",
          [
            "-i", .input, "-c:v", "libx264", "-profile:v", "main", "-pix_fmt", "yuv420p", "-vf",
            "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-c:a", "aac", "-movflags", "+faststart", .output("mp4"),
          ]), from: [.video, .type(.gif)], makes: .mpeg4Video),
      RemedyChoice(
        Remedy(
          "Extract the audio", run: "ffmpeg",
          ["-i", .input, "-vn", "-c:a", "aac", .output("m4a")]), from: [.video], makes: .mpeg4Audio),
      RemedyChoice(
        Remedy(
          "Put its Opus audio into Ogg", run: "ffmpeg", ["-i", .input, "-vn", "-c:a", "copy", .output("ogg")]),
        from: [.type(.webMAudio)], audioCodec: "opus", makes: .oggAudio),
      RemedyChoice(
        Remedy(
          "Put its AAC audio into MP4", run: "ffmpeg", ["-i", .input, "-vn", "-c:a", "copy", .output("m4a")]),
        from: [.type(.threeGPPAudio)], audioCodec: "aac", makes: .mpeg4Audio),
      RemedyChoice(
        Remedy(
          "Convert the audio", run: "ffmpeg", ["-i", .input, "-vn", "-c:a", "libmp3lame", .output("mp3")]),
        from: [.audio], makes: .mpegAudio),
      RemedyChoice(
        Remedy(
          "Convert it to a voice message", run: "ffmpeg",
          ["-i", .input, "-vn", "-c:a", "libopus", "-ac", "1", "-b:a", "32k", .output("ogg")]),
        from: [.audio, .video], makes: .oggAudio),
      RemedyChoice(
        Remedy(
          "Save the document without macros", run: "soffice",
          ["--headless", "--convert-to", "docx", "--outdir", .outputFolder("docx"), .input]),
        from: [.type(.docm), .type(.dotm)], makes: .docx),
      RemedyChoice(
        Remedy(
          "Save the workbook without macros", run: "soffice",
          ["--headless", "--convert-to", "xlsx", "--outdir", .outputFolder("xlsx"), .input]),
        from: [.type(.xlsm), .type(.xltm), .type(.xlsb)], makes: .xlsx),
      RemedyChoice(
        Remedy(
          "Save the slides without macros", run: "soffice",
          ["--headless", "--convert-to", "pptx", "--outdir", .outputFolder("pptx"), .input]),
        from: [.type(.pptm), .type(.ppsm)], makes: .pptx),
      RemedyChoice(
        Remedy(
          "Convert it to PDF", run: "soffice",
          ["--headless", "--convert-to", "pdf", "--outdir", .outputFolder("pdf"), .input]),
        from: [.text, .workbook, .presentation], makes: .pdf),
      RemedyChoice(
        Remedy(
          "If it is plain text, rename it to .txt and serve it as text/plain; otherwise convert it to PDF",
          run: "soffice", ["--headless", "--convert-to", "pdf", "--outdir", .outputFolder("pdf"), .input]),
        from: [.plainText], makes: .pdf),
    ])

}
