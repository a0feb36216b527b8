extension FindingCode {
  /// A field of the request has an invalid value.
  public static let invalidField = FindingCode(rawValue: "invalid-field")
}

extension Explanation {
  static let invalidField = Explanation(
    .invalidField, .error,
    title: "A field of the request has an invalid value",
    message: "The {field} {actual} is not {expected}.",
    reason:
      "The provider refuses the request, or finds nothing under that value: Meta writes the names of templates in "
      + "lowercase letters, digits and underscores, and languages as en or en_US.",
    source: "Meta, errors 131009 and 132001",
    remedy: "Correct the value.")
}
