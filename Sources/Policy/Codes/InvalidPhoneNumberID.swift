extension FindingCode {
  /// The phone number ID is missing or invalid.
  public static let invalidPhoneNumberID = FindingCode(rawValue: "invalid-phone-number-id")
}

extension Explanation {
  static let invalidPhoneNumberID = Explanation(
    .invalidPhoneNumberID, .error,
    title: "The phone number ID is missing or invalid",
    message: "The phone number ID {what}.",
    reason:
      "The phone number ID identifies the number to send from. It is Meta's numeric ID, not "
      + "the phone number itself.",
    source: "WaConnect API: phoneNumberId; Meta, phone numbers",
    remedy: "Use the ID from the account's phone number settings.")
}
