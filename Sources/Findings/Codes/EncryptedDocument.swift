extension FindingCode {
  /// A password is needed to open the document.
  public static let encryptedDocument = FindingCode(rawValue: "encrypted-document")
}

extension Explanation {
  static let encryptedDocument = Explanation(
    .encryptedDocument, .warning,
    title: "A password is needed to open the document",
    message: "The document is encrypted: the recipient needs its password.",
    reason: "WhatsApp delivers it, but no preview is made and nobody can open it without the "
      + "password.",
    source: "ISO 32000-1, 7.6; MS-OFFCRYPTO, 2.3",
    remedy: "Send the password by another way, or save the document without one.",
    commands: [
      RemedyCommand(
        "Save it without the password: qpdf --decrypt --password=… {file} {out:pdf}",
        types: ["application/pdf"])
    ])
}
