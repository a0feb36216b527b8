extension FindingCode {
  /// The request has no recipient.
  public static let missingRecipient = FindingCode(rawValue: "missing-recipient")
}

extension Explanation {
  static let missingRecipient = Explanation(
    .missingRecipient, .error,
    title: "The request has no recipient",
    message: "The request has no recipient.",
    reason: "Every message needs the recipient's phone number.",
    source: "WaConnect API, media messages page: to (required); Meta, error 131008",
    remedy: "Pass the number with its country code, such as 15551234567.")
}
