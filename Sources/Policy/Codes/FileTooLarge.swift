internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file is too large.
  public static let fileTooLarge = FindingCode(rawValue: "file-too-large")
}

extension Explanation {
  static let fileTooLarge = Explanation(
    .fileTooLarge, .error,
    title: "The file is too large",
    message: "{Endpoint} must be at most {limit} bytes; this file has {actual}.",
    reason:
      "Larger files are rejected. The limit counts KB and MB in units of 1024, the most "
      + "generous reading that any source supports.",
    source: "WaConnect API, media messages page; Meta, Cloud API reference, Media: supported "
      + "media types",
    remedy: "Make the file smaller.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Scale and compress the image", run: "magick",
          [.input, "-resize", "2048x2048>", "-quality", "82", .output("jpg")]), from: [.image], makes: .jpeg),
      RemedyChoice(
        Remedy(
          "Increase the sticker's compression", run: "magick",
          [.input, "-coalesce", "-quality", "50", .output("webp")]), from: [.image], makes: .webP),
      RemedyChoice(
        Remedy(
          "Re-encode the video at a lower bit rate", run: "ffmpeg",
          [
            "-i", .input, "-c:v", "libx264", "-profile:v", "main", "-pix_fmt", "yuv420p", "-crf", "30", "-vf",
            "scale=-2:480", "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", .output("mp4"),
          ]), from: [.video], makes: .mpeg4Video),
      RemedyChoice(
        Remedy(
          "Re-encode the audio at a lower bit rate", run: "ffmpeg",
          ["-i", .input, "-vn", "-c:a", "libmp3lame", "-b:a", "96k", .output("mp3")]), from: [.audio],
        makes: .mpegAudio),
      RemedyChoice(
        Remedy(
          "Compress the PDF's images", run: "gs",
          ["-sDEVICE=pdfwrite", "-dPDFSETTINGS=/ebook", "-o", .output("pdf"), .input]), from: [.type(.pdf)],
        makes: .pdf),
    ])
}
