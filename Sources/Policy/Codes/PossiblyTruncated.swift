extension FindingCode {
  /// The file may have lost its end.
  public static let possiblyTruncated = FindingCode(rawValue: "possibly-truncated")
}

extension Explanation {
  static let possiblyTruncated = Explanation(
    .possiblyTruncated, .warning,
    title: "The file may have lost its end",
    message: "The file may have lost its end: {actual}",
    reason:
      "It plays, but it stops where a complete file wouldn't: in the middle of its last frame, or without the "
      + "mark that ends the stream. Some encoders write such files; an interrupted download or recording leaves "
      + "them, too.",
    source: "The specification of the format, named in the finding",
    remedy:
      "Compare the size and the duration with the original, and copy or export the file again if they differ."
  )
}
