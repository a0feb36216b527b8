extension FindingCode {
  /// Part of the file was not checked.
  public static let partlyChecked = FindingCode(rawValue: "partly-checked")
}

extension Explanation {
  static let partlyChecked = Explanation(
    .partlyChecked, .note,
    title: "Part of the file was not checked",
    message: "Not checked: {what}.",
    reason:
      "preflight limits the time and memory spent on one file and doesn't check what lies "
      + "beyond these limits. That part may or may not be valid.",
    source: "preflight, limits",
    remedy: "No fix needed. If the file matters, open it in the program that it was made for.")
}
