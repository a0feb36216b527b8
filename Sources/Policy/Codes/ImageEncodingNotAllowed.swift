extension FindingCode {
  /// The image's encoding is not allowed.
  public static let imageEncodingNotAllowed = FindingCode(rawValue: "image-encoding-not-allowed")
}

extension Explanation {
  static let imageEncodingNotAllowed = Explanation(
    .imageEncodingNotAllowed, .error,
    title: "The image's encoding is not allowed",
    message: "{Endpoint} must use {expected}; this file uses {actual} coding.",
    reason:
      "JPEG has encodings that hardly any program decodes: arithmetic, lossless and hierarchical coding. Browsers "
      + "and phones show nothing.",
    source:
      "ITU-T T.81, table B.1; libjpeg-turbo, which browsers and Android use, decodes no hierarchical JPEG",
    remedy: "Export the image again as a baseline or progressive JPEG.")
}
