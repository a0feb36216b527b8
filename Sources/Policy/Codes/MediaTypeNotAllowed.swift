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
      RemedyChoice(fix: "Convert the image", from: [.image], makes: [.jpeg, .png]),
      RemedyChoice(fix: "Make a sticker of it", from: [.image], makes: [.webP]),
      RemedyChoice(fix: "Convert the video", from: [.video, .type(.gif)], makes: [.mpeg4Video]),
      RemedyChoice(fix: "Extract the audio", from: [.video], makes: [.oggAudio, .mpeg4Audio]),
      RemedyChoice(fix: "Make a sticker of it", from: [.video], makes: [.webP]),
      RemedyChoice(fix: "Convert the audio", from: [.audio], makes: [.oggAudio, .mpeg4Audio]),
      RemedyChoice(
        Remedy(
          "Save the document without macros", run: "soffice",
          ["--headless", "--convert-to", "docx", "--outdir", .outputFolder("docx"), .input]),
        from: [.type(.docm), .type(.dotm)], makes: [.docx]),
      RemedyChoice(
        Remedy(
          "Save the workbook without macros", run: "soffice",
          ["--headless", "--convert-to", "xlsx", "--outdir", .outputFolder("xlsx"), .input]),
        from: [.type(.xlsm), .type(.xltm), .type(.xlsb)], makes: [.xlsx]),
      RemedyChoice(
        Remedy(
          "Save the slides without macros", run: "soffice",
          ["--headless", "--convert-to", "pptx", "--outdir", .outputFolder("pptx"), .input]),
        from: [.type(.pptm), .type(.ppsm)], makes: [.pptx]),
      RemedyChoice(
        Remedy(
          "Convert it to PDF", run: "soffice",
          ["--headless", "--convert-to", "pdf", "--outdir", .outputFolder("pdf"), .input]),
        from: [.text, .workbook, .presentation], makes: [.pdf]),
      RemedyChoice(
        Remedy(
          "If it is plain text, rename it to .txt and serve it as text/plain; otherwise convert it to PDF",
          run: "soffice", ["--headless", "--convert-to", "pdf", "--outdir", .outputFolder("pdf"), .input]),
        from: [.plainText], makes: [.pdf]),
    ])
}
