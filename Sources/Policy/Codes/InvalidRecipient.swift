extension FindingCode {
  /// The recipient is not a valid phone number.
  public static let invalidRecipient = FindingCode(rawValue: "invalid-recipient")
}

extension Explanation {
  static let invalidRecipient = Explanation(
    .invalidRecipient, .error,
    title: "The recipient is not a valid phone number",
    message: "The recipient {actual} is not {expected}.",
    reason:
      "Numbers use E.164: the country code first, at most 15 digits, the first not 0. "
      + "preflight removes spaces, hyphens, parentheses and a leading +.",
    source: "ITU-T E.164, 6; Meta, phone number formats; error 131009",
    remedy: "Use the number with its country code and without the trunk 0, such as 15551234567.")
}
