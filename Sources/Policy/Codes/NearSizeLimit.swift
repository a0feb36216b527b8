extension FindingCode {
  /// The file is between the cap in thousands and the cap in 1024s.
  public static let nearSizeLimit = FindingCode(rawValue: "near-size-limit")
}

extension Explanation {
  static let nearSizeLimit = Explanation(
    .nearSizeLimit, .warning,
    title: "The file is between the cap in thousands and the cap in 1024s",
    message: "{Endpoint} may be at most {limit} bytes where a kilobyte is 1000 bytes; this "
      + "one has {actual}, and passes only where it is 1024.",
    reason: "Meta doesn't say whether its KB and MB count in 1000 or 1024. Its sample code "
      + "counts in 1024, but some importers have refused files in between.",
    source: "github.com/WhatsApp/stickers (1024); reports of refusals at 500 438 and 506 190 bytes",
    remedy: "Make the file a little smaller to be safe.")
}
