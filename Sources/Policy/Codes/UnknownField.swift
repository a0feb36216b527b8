extension FindingCode {
  /// The request has a key that means nothing.
  public static let unknownField = FindingCode(rawValue: "unknown-field")
}

extension Explanation {
  static let unknownField = Explanation(
    .unknownField, .error,
    title: "The request has a key that means nothing",
    message: "The request's key {actual} is not one of {expected}.",
    reason: "A misspelled key is passed over in silence by most services, and the message is "
      + "sent without what it was to hold.",
    source: "WaConnect API, media messages page",
    remedy: "Correct the key's spelling, or leave it out.")
}
