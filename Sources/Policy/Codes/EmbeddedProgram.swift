internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// A program is stored in the file.
  public static let embeddedProgram = FindingCode(rawValue: "embedded-program")
}

extension Explanation {
  static let embeddedProgram = Explanation(
    .embeddedProgram, .warning,
    title: "A program is stored in the file",
    message: "The file carries {what}.",
    reason: "The recipient, or another program on the recipient's computer, may start it. A program "
      + "travels in a picture or a document so that nobody stops it, and scanners take the file for malware.",
    source: "ISO 32000-2, 7.11.4 (embedded files); MS-OLEDS, 2.3.6 (packages)",
    remedy: "Take the program out. If you didn't put it there, don't send the file.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Re-save it as it looks, without attachments, actions and form fields", run: "pdftocairo",
          ["-pdf", .input, .output("pdf")]), from: [.type(.pdf)], makes: .pdf),
      RemedyChoice(
        Remedy("Re-save it", run: "magick", [.input, "-auto-orient", "-strip", .output(nil)]),
        from: [.type(.jpeg), .type(.png), .type(.webP)]),
      RemedyChoice(
        Remedy(
          "Send what is seen of it", run: "soffice",
          ["--headless", "--convert-to", "pdf", "--outdir", .outputFolder("pdf"), .input]),
        from: [.text, .workbook, .presentation], makes: .pdf),
    ])
}
