extension FindingCode {
  /// The request has an unknown field.
  public static let unknownField = FindingCode(rawValue: "unknown-field")
}

extension Explanation {
  static let unknownField = Explanation(
    .unknownField, .error,
    title: "The request has an unknown field",
    message: "Unknown field {actual}; choose from {expected}.",
    reason: "Most services ignore a misspelled field and send the message without its value.",
    source: "WaConnect API, media messages page",
    remedy: "Correct the spelling of the field, or remove it.")
}
