internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file size is between the limit in units of 1000 and in units of 1024.
  public static let nearSizeLimit = FindingCode(rawValue: "near-size-limit")
}

extension Explanation {
  static let nearSizeLimit = Explanation(
    .nearSizeLimit, .warning,
    title: "The file size is between the limit in units of 1000 and in units of 1024",
    message:
      "{Endpoint} must be at most {limit} bytes if 1 KB is 1000 bytes; this file has {actual} "
      + "and passes only if 1 KB is 1024 bytes.",
    reason:
      "Meta doesn't document whether KB and MB count in units of 1000 or 1024. Its sample "
      + "code uses 1024, but some importers have rejected files in between.",
    source: "github.com/WhatsApp/stickers (1024); reports of refusals at 500 438 and 506 190 bytes",
    remedy: "Make the file slightly smaller to be safe.",
    fixes: .compressing)
}
