extension FindingCode {
  /// Data precedes the beginning of the file format.
  public static let leadingData = FindingCode(rawValue: "leading-data")
}

extension Explanation {
  static let leadingData = Explanation(
    .leadingData, .warning,
    title: "Data precedes the beginning of the file format",
    message: "The format begins at offset {expected}, after {actual}.",
    reason:
      "A server's warning, an HTTP header or a byte order mark was written before the file. Office doesn't open "
      + "such a file or shows pages of garbage, so this is an error for Office documents. PDF viewers and audio "
      + "players search for the beginning, so it is a warning for other formats.",
    source: "The specification of the format; ISO 32000-1, annex H.3, note 13 for PDF",
    remedy:
      "Fix the program that sends the file: it must output nothing before the file's first byte. 'preflight fix' "
      + "removes such bytes from a file; where they are a warning, it needs --strict.")
}
