extension FindingCode {
  /// The endpoint takes no filename.
  public static let filenameNotAllowed = FindingCode(rawValue: "filename-not-allowed")
}

extension Explanation {
  static let filenameNotAllowed = Explanation(
    .filenameNotAllowed, .error,
    title: "The endpoint takes no filename",
    message: "{Endpoint} can't have a filename.",
    reason: "Only documents are shown with a name.",
    source: "WaConnect API, media messages page: filename; Meta, media object: filename",
    remedy: "Leave the filename out, or send the file as a document.")
}
