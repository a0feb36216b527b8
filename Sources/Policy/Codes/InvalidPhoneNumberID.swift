extension FindingCode {
  /// The phone number ID is missing or isn't one.
  public static let invalidPhoneNumberID = FindingCode(rawValue: "invalid-phone-number-id")
}

extension Explanation {
  static let invalidPhoneNumberID = Explanation(
    .invalidPhoneNumberID, .error,
    title: "The phone number ID is missing or isn't one",
    message: "The phone number ID {actual}.",
    reason: "The phone number ID names the number to send from. It is Meta's ID, made of "
      + "digits, and not the number itself.",
    source: "WaConnect API: phoneNumberId; Meta, phone numbers",
    remedy: "Give the ID from the account's phone number settings.")
}
