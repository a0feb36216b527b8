internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file extension doesn't match the content.
  public static let extensionMismatch = FindingCode(rawValue: "extension-mismatch")
}

extension Explanation {
  static let extensionMismatch = Explanation(
    .extensionMismatch, .warning,
    title: "The file extension doesn't match the content",
    message: "The file extension is .{actual}, but the content is {expected}.",
    reason:
      "Servers derive the declared type from the extension, and devices choose the app by it. "
      + "A wrong extension leads to a rejection or to a file that doesn't open.",
    source: "IANA media types registry; WaConnect API, mediaUrl",
    remedy: "Rename the file: give it the extension of its type.",
    fixes: [
      RemedyChoice(fix: "Use the extension of its type")
    ])
}
