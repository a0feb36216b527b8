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
    fixes: .compressing + [
      RemedyChoice(
        Remedy(
          "Compress the PDF's images", run: "gs",
          ["-sDEVICE=pdfwrite", "-dPDFSETTINGS=/ebook", "-o", .output("pdf"), .input]), from: [.type(.pdf)],
        makes: [.pdf])
    ])
}

extension [RemedyChoice] {
  /// The fixes of what has too many bytes.
  static let compressing = [
    RemedyChoice(fix: "Compress the image", from: [.image], makes: [.jpeg, .png]),
    RemedyChoice(fix: "Compress the sticker", from: [.image], makes: [.webP]),
    RemedyChoice(fix: "Re-encode the video at a lower bit rate", from: [.video], makes: [.mpeg4Video]),
    RemedyChoice(
      fix: "Re-encode the audio at a lower bit rate", from: [.audio], makes: [.oggAudio, .mpeg4Audio]),
  ]
}
