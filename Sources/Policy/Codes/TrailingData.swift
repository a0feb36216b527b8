extension FindingCode {
  /// Bytes follow the end that the format declares.
  public static let trailingData = FindingCode(rawValue: "trailing-data")
}

extension Explanation {
  static let trailingData = Explanation(
    .trailingData, .warning,
    title: "Bytes follow the end that the format declares",
    message: "The format's end is at byte {expected}, and {actual} bytes follow it.",
    reason: "What follows the end is not shown to anybody, but is sent along: a leftover of "
      + "another file, data hidden on purpose, or two files joined.",
    source: "The specification of the format",
    remedy: "Cut the file off where its format ends, or save it again with a program that writes nothing "
      + "after the end.")
}
