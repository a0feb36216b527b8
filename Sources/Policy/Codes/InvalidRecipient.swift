extension FindingCode {
  /// The recipient is not a phone number with country code.
  public static let invalidRecipient = FindingCode(rawValue: "invalid-recipient")
}

extension Explanation {
  static let invalidRecipient = Explanation(
    .invalidRecipient, .error,
    title: "The recipient is not a phone number with country code",
    message: "The recipient {actual} is not {expected}.",
    reason: "Numbers are E.164: the country code first, at most 15 digits, the first not 0. "
      + "Spaces, hyphens, parentheses and a leading + are taken out before sending.",
    source: "ITU-T E.164, 6; Meta, phone number formats; error 131009",
    remedy: "Give the number with its country code and without the trunk 0, such as 15551234567.")
}
