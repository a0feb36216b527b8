extension FindingCode {
  /// The request gives the document no file name.
  public static let missingFilename = FindingCode(rawValue: "missing-filename")
}

extension Explanation {
  static let missingFilename = Explanation(
    .missingFilename, .warning,
    title: "The request gives the document no file name",
    message: "The request has no file name: the document arrives as \"Untitled\".",
    reason:
      "WhatsApp shows the file name of the request, not that of the file or of its URL. Without one the recipient "
      + "sees \"Untitled\", and some phones don't know which program opens it.",
    source: "Meta, document messages: \"filename\"; reports of documents that arrive as Untitled",
    remedy: "Add the file name, with its extension, to the request.")
}
