extension FindingCode {
  /// The media ID belongs to another phone number.
  public static let mediaIDForeign = FindingCode(rawValue: "media-id-foreign")
}

extension Explanation {
  static let mediaIDForeign = Explanation(
    .mediaIDForeign, .error,
    title: "The media ID belongs to another phone number",
    message: "The media ID belongs to another phone number: {actual}.",
    reason:
      "An upload belongs to the phone number ID that it was uploaded with, and can be sent "
      + "from there only.",
    source: "Cloud API reference, media: Retrieve media URL, phone_number_id",
    remedy: "Upload the file with the phone number ID that you send from.")
}
