extension FindingCode {
  /// The declared type doesn't match the content.
  public static let declaredTypeMismatch = FindingCode(rawValue: "declared-type-mismatch")
}

extension Explanation {
  static let declaredTypeMismatch = Explanation(
    .declaredTypeMismatch, .error,
    title: "The declared type doesn't match the content",
    message: "The file was declared as {expected}, but its content is {actual}.",
    reason:
      "WhatsApp compares the declared type with the content and rejects the message if they "
      + "differ. Declare Ogg Opus as audio/ogg; codecs=opus: audio/opus passes the upload but "
      + "the message is rejected.",
    source: "Meta, error 131053: \"uploaded with mimetype as …, however on processing it is "
      + "of type …\"",
    remedy: "Declare the type of the content.")
}
