internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The document contains active content.
  public static let activeContent = FindingCode(rawValue: "active-content")
}

extension Explanation {
  static let activeContent = Explanation(
    .activeContent, .warning,
    title: "The document contains active content",
    message: "The document contains active content: {what}.",
    reason:
      "Scripts and launch actions can attack the person who opens the document. Phones ignore "
      + "most of them; desktop programs run them or show a warning, and scanners may flag the "
      + "file as malware. Don't forward such a document if you didn't create it.",
    source: "ISO 32000-2, 12.6 (actions); ISO/IEC 29500-2, 6.5 (relationships)",
    remedy: "Re-save the document without scripts and without links to programs or remote templates.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Re-save it without actions, form fields and attachments", run: "pdftocairo",
          ["-pdf", .input, .output("pdf")]), from: [.type(.pdf)], makes: [.pdf]),
      RemedyChoice(
        Remedy(
          "Convert it to PDF", run: "soffice",
          ["--headless", "--convert-to", "pdf", "--outdir", .outputFolder("pdf"), .input]),
        from: [.text, .workbook, .presentation], makes: [.pdf]),
    ])
}
