internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The document runs a script or starts a program.
  public static let activeContent = FindingCode(rawValue: "active-content")
}

extension Explanation {
  static let activeContent = Explanation(
    .activeContent, .warning,
    title: "The document runs a script or starts a program",
    message: "The document does more than show itself; it has {what}.",
    reason: "Scripts and launch actions are how documents attack whoever opens them. Phones pass over "
      + "most of them, programs on a computer run them or warn of the document, and scanners take it "
      + "for malware. If it didn't come from you, don't send it on.",
    source: "ISO 32000-2, 12.6 (actions); ISO/IEC 29500-2, 6.5 (relationships)",
    remedy:
      "Save the document again without scripts and without links to programs or to templates elsewhere.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Re-save it as it looks, without actions, form fields and attachments", run: "pdftocairo",
          ["-pdf", .input, .output("pdf")]), from: [.type(.pdf)], makes: .pdf),
      RemedyChoice(
        Remedy(
          "Send what is seen of it", run: "soffice",
          ["--headless", "--convert-to", "pdf", "--outdir", .outputFolder("pdf"), .input]),
        from: [.text, .workbook, .presentation], makes: .pdf),
    ])
}
