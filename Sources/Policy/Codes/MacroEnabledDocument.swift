extension FindingCode {
  /// The document carries macros.
  public static let macroEnabledDocument = FindingCode(rawValue: "macro-enabled-document")
}

extension Explanation {
  static let macroEnabledDocument = Explanation(
    .macroEnabledDocument, .warning,
    title: "The document carries macros",
    message: "The document carries macros, which the recipient's program may refuse or run.",
    reason: "Macros are programs. Mail and phone scanners remove such files, and recipients "
      + "are right to distrust them.",
    source: "ECMA-376, part 1; MS-OVBA",
    remedy: "Save the document in a format without macros.",
    commands: [
      RemedyCommand(
        "Save it without macros: soffice --headless --convert-to docx {file}",
        types: ["application/msword", "application/vnd.ms-word"]),
      RemedyCommand(
        "Save it without macros: soffice --headless --convert-to xlsx {file}",
        types: ["application/vnd.ms-excel"]),
      RemedyCommand(
        "Save it without macros: soffice --headless --convert-to pptx {file}",
        types: ["application/vnd.ms-powerpoint"]),
    ])
}
