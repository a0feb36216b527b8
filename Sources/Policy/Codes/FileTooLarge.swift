extension FindingCode {
  /// The file is over the endpoint's cap.
  public static let fileTooLarge = FindingCode(rawValue: "file-too-large")
}

extension Explanation {
  static let fileTooLarge = Explanation(
    .fileTooLarge, .error,
    title: "The file is over the endpoint's cap",
    message: "{Endpoint} may be at most {limit} bytes; this one has {actual}.",
    reason: "Larger files are refused. The cap is counted in 1024s here, which is the most "
      + "generous reading of \"KB\" and \"MB\" that any source supports.",
    source: "WaConnect API, media messages page; Meta, Cloud API reference, Media: supported "
      + "media types",
    remedy: "Make the file smaller.",
    commands: [
      RemedyCommand(
        "Scale and compress the picture: magick {file} -resize '2048x2048>' -quality "
          + "82 {out:jpg}", for: .image, types: ["image/"]),
      RemedyCommand(
        "Compress the sticker harder: magick {file} -coalesce -quality 50 {out:webp}", for: .sticker,
        types: ["image/"]),
      RemedyCommand(
        "Encode the film at a lower rate: ffmpeg -i {file} -c:v libx264 -profile:v "
          + "main -pix_fmt yuv420p -crf 30 -vf 'scale=-2:480' -c:a aac -b:a 96k "
          + "-movflags +faststart {out:mp4}", for: .video, types: ["video/"]),
      RemedyCommand(
        "Encode the sound at a lower rate: ffmpeg -i {file} -vn -c:a libmp3lame -b:a "
          + "96k {out:mp3}", for: .audio, types: ["audio/"]),
      RemedyCommand(
        "Compress the PDF's pictures: gs -sDEVICE=pdfwrite -dPDFSETTINGS=/ebook -o "
          + "{out:pdf} {file}", for: .document, types: ["application/pdf"]),
    ])
}
