internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file contains a program.
  public static let embeddedProgram = FindingCode(rawValue: "embedded-program")
}

extension Explanation {
  static let embeddedProgram = Explanation(
    .embeddedProgram, .warning,
    title: "The file contains a program",
    message: "The file contains {what}.",
    reason:
      "The recipient, or other software on the recipient's computer, may run it. Programs are "
      + "hidden in images and documents to get past filters, and scanners flag such files as "
      + "malware.",
    source: "ISO 32000-2, 7.11.4 (embedded files); MS-OLEDS, 2.3.6 (packages)",
    remedy: "Remove the program. If you didn't put it there, don't send the file.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Re-save it without attachments, actions and form fields", run: "pdftocairo",
          ["-pdf", .input, .output("pdf")]), from: [.type(.pdf)], makes: [.pdf]),
      RemedyChoice(
        Remedy(
          "Convert it to PDF", run: "soffice",
          ["--headless", "--convert-to", "pdf", "--outdir", .outputFolder("pdf"), .input]),
        from: [.text, .workbook, .presentation], makes: [.pdf]),
    ])
}
