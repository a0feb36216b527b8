internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file is truncated or corrupt.
  public static let damagedFile = FindingCode(rawValue: "damaged-file")
}

extension Explanation {
  static let damagedFile = Explanation(
    .damagedFile, .error,
    title: "The file is truncated or corrupt",
    message: "The file is truncated or corrupt: {actual}",
    reason:
      "A damaged file is rejected, or delivered and then doesn't open or play. The offset is "
      + "where the reader found the fault.",
    source: "The specification of the format, named in the message",
    remedy: "Export the file again from its original. After copying, compare the file sizes.")
}
