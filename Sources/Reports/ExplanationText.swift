public import MediaPreflight

/// The explanations of finding codes as text.
public enum ExplanationText {
  /// A line for each code.
  public static func table(_ explanations: [Explanation]) -> String {
    let width = explanations.map(\.code.rawValue.count).max() ?? 0
    return explanations.map { explanation in
      let code = explanation.code.rawValue
      let padding = String(repeating: " ", count: width - code.count)
      let severity = explanation.severity.rawValue
      return
        "\(code)\(padding)  \(severity)\(String(repeating: " ", count: 7 - severity.count))  \(explanation.title)\n"
    }.joined()
  }

  /// All that there is to say about one code.
  public static func page(_ explanation: Explanation) -> String {
    var text = """
      \(explanation.code.rawValue) (\(explanation.severity.rawValue) unless a policy says otherwise)

      \(explanation.title).

      Why: \(explanation.reason)

      How to fix it: \(explanation.remedy)

      """
    for fix in explanation.fixes { text += "  - \(fix.remedy.text(for: nil))\n" }
    text += "\nSource: \(explanation.source)\n"
    return text
  }

  /// An object, or an array of them where all codes are shown.
  public static func json(_ explanations: [Explanation], isTable: Bool) -> String {
    var json = JSONWriter()
    if isTable {
      json.array { json in for explanation in explanations { write(explanation, to: &json) } }
    } else {
      for explanation in explanations { write(explanation, to: &json) }
    }
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  private static func write(_ explanation: Explanation, to json: inout JSONWriter) {
    json.object { json in
      json.member("code", explanation.code.rawValue)
      json.member("severity", explanation.severity.rawValue)
      json.member("title", explanation.title)
      json.member("message", explanation.message)
      json.member("reason", explanation.reason)
      json.member("remedy", explanation.remedy)
      json.key("commands")
      json.array { json in for fix in explanation.fixes { json.string(fix.remedy.text(for: nil)) } }
      json.member("source", explanation.source)
    }
  }
}
