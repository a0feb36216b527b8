extension FindingCode {
  /// A faulty program or transfer changed the file's bytes.
  public static let mangledFile = FindingCode(rawValue: "mangled-file")
}

extension Explanation {
  static let mangledFile = Explanation(
    .mangledFile, .error,
    title: "A faulty program or transfer changed the file's bytes",
    message: "The file is {actual}.",
    reason:
      "The name or the declared type promises a binary format, but a program stored something else under it: "
      + "base64 or another text of the bytes, a text read with an encoding, an error message, a Git LFS pointer, "
      + "the word \"undefined\". WhatsApp delivers it, and the recipient can't open it.",
    source: "Reports of documents that arrive blank or don't open",
    remedy:
      "Fix the program that writes the file: read and write the bytes as they are, without a text encoding, and "
      + "check the status of a download before saving it.")
}
