extension FindingCode {
  /// A limit of preflight's own was reached, and a part of the file was not checked.
  public static let partlyChecked = FindingCode(rawValue: "partly-checked")
}

extension Explanation {
  static let partlyChecked = Explanation(
    .partlyChecked, .note,
    title: "A part of the file was not checked",
    message: "Not checked: {what}.",
    reason: "preflight bounds the time and the memory that one file can take. Where such a limit is reached, "
      + "what lies beyond it is not looked at. This says nothing about the file: it may be fine or not.",
    source: "preflight, limits",
    remedy: "No fix needed. If the file matters, open it in the program that it was made for.")
}
