internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The document is encrypted.
  public static let encryptedDocument = FindingCode(rawValue: "encrypted-document")
}

extension Explanation {
  static let encryptedDocument = Explanation(
    .encryptedDocument, .warning,
    title: "The document is encrypted",
    message: "The document is encrypted; the recipient may need a password to open, print or copy it.",
    reason:
      "WhatsApp delivers it without a preview. Without the password, the recipient can't open "
      + "it, or can't print or copy it.",
    source: "ISO 32000-1, 7.6; MS-OFFCRYPTO, 2.3",
    remedy: "Send the password through another channel, or save the document without one.",
    fixes: [
      RemedyChoice(
        Remedy(
          advice:
            "Save it without the password, for example with qpdf --decrypt --password=PASSWORD, or send the password through another channel."
        ), from: [.type(.pdf)])
    ])
}
