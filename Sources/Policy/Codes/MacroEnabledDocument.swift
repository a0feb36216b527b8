internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The document contains macros.
  public static let macroEnabledDocument = FindingCode(rawValue: "macro-enabled-document")
}

extension Explanation {
  static let macroEnabledDocument = Explanation(
    .macroEnabledDocument, .warning,
    title: "The document contains macros",
    message: "The document contains macros; the recipient's software may block or run them.",
    reason: "Macros are programs. Mail and phone scanners remove documents with macros.",
    source: "ECMA-376, part 1; MS-OVBA",
    remedy: "Save the document in a format without macros.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Save it as DOCX, without macros", run: "soffice",
          ["--headless", "--convert-to", "docx", "--outdir", .outputFolder("docx"), .input]),
        from: [.text], makes: [.docx]),
      RemedyChoice(
        Remedy(
          "Save it as XLSX, without macros", run: "soffice",
          ["--headless", "--convert-to", "xlsx", "--outdir", .outputFolder("xlsx"), .input]),
        from: [.workbook], makes: [.xlsx]),
      RemedyChoice(
        Remedy(
          "Save it as PPTX, without macros", run: "soffice",
          ["--headless", "--convert-to", "pptx", "--outdir", .outputFolder("pptx"), .input]),
        from: [.presentation], makes: [.pptx]),
    ])
}
