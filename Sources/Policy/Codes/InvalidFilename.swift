extension FindingCode {
  /// The filename is invalid.
  public static let invalidFilename = FindingCode(rawValue: "invalid-filename")
}

extension Explanation {
  static let invalidFilename = Explanation(
    .invalidFilename, .error,
    title: "The filename is invalid",
    message: "The filename {actual}.",
    reason:
      "The recipient's device chooses the icon and the app by the extension, and saves the "
      + "file under this name.",
    source: "Meta, media object: filename",
    remedy: "Use a plain name with an extension, such as report.pdf.")
}
