extension FindingCode {
  /// The request has no media reference.
  public static let missingMediaReference = FindingCode(rawValue: "missing-media-reference")
}

extension Explanation {
  static let missingMediaReference = Explanation(
    .missingMediaReference, .error,
    title: "The request has no media reference",
    message: "The request has {what}.",
    reason:
      "WhatsApp's servers fetch the file from a public URL or by the ID of an earlier upload. A template's sample is "
      + "known by its upload handle alone.",
    source: "WaConnect API, media messages page: mediaUrl or mediaId; Meta, error 131008",
    remedy: "Pass a public URL as mediaUrl, or upload the file and pass its mediaId.")
}
