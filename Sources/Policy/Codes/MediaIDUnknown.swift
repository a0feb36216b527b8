extension FindingCode {
  /// Meta knows no such media ID.
  public static let mediaIDUnknown = FindingCode(rawValue: "media-id-unknown")
}

extension Explanation {
  static let mediaIDUnknown = Explanation(
    .mediaIDUnknown, .error,
    title: "Meta knows no such media ID",
    message: "Meta knows no media with this ID: {actual}.",
    reason:
      "A media ID is what an upload returned. Meta answers unknown and removed ones alike.",
    source: "Cloud API reference, media: Retrieve media URL; error 100, 131052",
    remedy: "Upload the file again, and send the new ID.")
}
