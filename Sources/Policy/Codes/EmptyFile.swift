extension FindingCode {
  /// The file is empty.
  public static let emptyFile = FindingCode(rawValue: "empty-file")
}

extension Explanation {
  static let emptyFile = Explanation(
    .emptyFile, .error,
    title: "The file is empty",
    message: "The file is empty.",
    reason: "An upload of 0 bytes is rejected. Usually an earlier step failed while writing the file.",
    source: "Meta, Cloud API reference, Media: supported media types",
    remedy: "Create the file again, and check the step that wrote it.")
}
