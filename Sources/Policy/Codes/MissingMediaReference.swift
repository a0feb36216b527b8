extension FindingCode {
  /// The request says neither where the file is nor its ID.
  public static let missingMediaReference = FindingCode(rawValue: "missing-media-reference")
}

extension Explanation {
  static let missingMediaReference = Explanation(
    .missingMediaReference, .error,
    title: "The request says neither where the file is nor its ID",
    message: "The request has neither mediaUrl nor mediaId.",
    reason: "WhatsApp's servers fetch the file themselves: from a public URL, or by the ID "
      + "of an earlier upload.",
    source: "WaConnect API, media messages page: mediaUrl or mediaId; Meta, error 131008",
    remedy: "Put the file at a public URL and give it as mediaUrl, or upload it and give its "
      + "mediaId.")
}
