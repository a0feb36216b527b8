extension FindingCode {
  /// The file has no bytes.
  public static let emptyFile = FindingCode(rawValue: "empty-file")
}

extension Explanation {
  static let emptyFile = Explanation(
    .emptyFile, .error,
    title: "The file has no bytes",
    message: "The file is empty.",
    reason: "An upload of 0 bytes is refused, and usually means that an earlier step failed "
      + "while it wrote the file.",
    source: "Meta, Cloud API reference, Media: supported media types",
    remedy: "Make the file again; the step that wrote it most likely failed.")
}
