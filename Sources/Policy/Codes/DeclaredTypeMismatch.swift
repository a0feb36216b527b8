extension FindingCode {
  /// The declared type is not what the bytes are.
  public static let declaredTypeMismatch = FindingCode(rawValue: "declared-type-mismatch")
}

extension Explanation {
  static let declaredTypeMismatch = Explanation(
    .declaredTypeMismatch, .error,
    title: "The declared type is not what the bytes are",
    message: "The file was declared as {expected}, but its bytes are {actual}.",
    reason: "WhatsApp compares the declared type with the bytes and refuses the message "
      + "where they differ. Ogg with Opus is declared as audio/ogg; codecs=opus: "
      + "audio/opus passes the upload and is refused at the send.",
    source: "Meta, error 131053: \"uploaded with mimetype as …, however on processing it is "
      + "of type …\"",
    remedy: "Declare the type that the bytes are.")
}
