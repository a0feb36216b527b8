internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The name's extension belongs to another type.
  public static let extensionMismatch = FindingCode(rawValue: "extension-mismatch")
}

extension Explanation {
  static let extensionMismatch = Explanation(
    .extensionMismatch, .warning,
    title: "The name's extension belongs to another type",
    message: "The name ends in .{actual}, but the bytes are {expected}.",
    reason: "Servers derive the declared type from the extension, and a recipient's device "
      + "picks the program by it, so a wrong extension leads to a refusal or to a file "
      + "that doesn't open.",
    source: "IANA media types registry; WaConnect API, mediaUrl",
    remedy: "Give the file the extension of its type.",
    fixes: [
      RemedyChoice(
        Remedy("Rename it", .rename))
    ])
}
