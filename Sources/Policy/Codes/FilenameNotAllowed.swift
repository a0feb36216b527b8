extension FindingCode {
  /// The endpoint doesn't accept a filename.
  public static let filenameNotAllowed = FindingCode(rawValue: "filename-not-allowed")
}

extension Explanation {
  static let filenameNotAllowed = Explanation(
    .filenameNotAllowed, .error,
    title: "The endpoint doesn't accept a filename",
    message: "{Endpoint} can't have a filename.",
    reason: "Only documents are shown with a filename.",
    source: "WaConnect API, media messages page: filename; Meta, media object: filename",
    remedy: "Remove the filename, or send the file as a document.")
}
