extension FindingCode {
  /// The request lacks a required field.
  public static let missingField = FindingCode(rawValue: "missing-field")
}

extension Explanation {
  static let missingField = Explanation(
    .missingField, .error,
    title: "The request lacks a required field",
    message: "The request has no {field}.",
    reason:
      "The provider refuses the request, or can't find what it is about: a template message names its template and "
      + "the language.",
    source: "Meta, errors 131008 and 132001",
    remedy: "Add the field to the request.")
}
