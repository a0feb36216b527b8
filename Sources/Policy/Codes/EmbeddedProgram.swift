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
    commands: [
      RemedyCommand(
        "Write it anew as it looks, without attachments, actions and form fields: pdftocairo -pdf {file} "
          + "{out:pdf}", types: ["application/pdf"]),
      RemedyCommand(
        "Write it anew: magick {file} -auto-orient -strip {out:}",
        types: ["image/jpeg", "image/png", "image/webp"]),
      RemedyCommand(
        "Send what is seen of it: soffice --headless --convert-to pdf {file}",
        types: [
          "application/msword", "application/vnd.ms-", "application/vnd.openxmlformats",
          "application/vnd.oasis",
        ]),
    ])
}
