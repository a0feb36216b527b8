extension FindingCode {
  /// The filename can't be shown or saved as it is.
  public static let invalidFilename = FindingCode(rawValue: "invalid-filename")
}

extension Explanation {
  static let invalidFilename = Explanation(
    .invalidFilename, .error,
    title: "The filename can't be shown or saved as it is",
    message: "The filename {actual}.",
    reason: "The recipient's device picks the icon and the program by the extension, and "
      + "saves the file under this name.",
    source: "Meta, media object: filename",
    remedy: "Give a plain name with an extension, such as report.pdf.")
}
