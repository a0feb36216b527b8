extension FindingCode {
  /// Data follows the end of the file format.
  public static let trailingData = FindingCode(rawValue: "trailing-data")
}

extension Explanation {
  static let trailingData = Explanation(
    .trailingData, .warning,
    title: "Data follows the end of the file format",
    message: "{actual} trailing bytes after offset {expected}.",
    reason:
      "Trailing bytes aren't shown but are sent: a leftover of another file, data hidden on "
      + "purpose, or two joined files.",
    source: "The specification of the format",
    remedy:
      "Truncate the file where its format ends, which 'preflight fix --strict' does, or re-save it with a program "
      + "that adds no trailing data.")
}
