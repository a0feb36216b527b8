public import MediaPreflight

/// Renders explanations of finding codes as text and JSON.
public enum ExplanationText {
  /// A table with one line per code.
  public static func table(_ explanations: [Explanation]) -> String { table(explanations, indent: 0) }

  private static func table(_ explanations: [Explanation], indent: Int) -> String {
    let width = explanations.map(\.code.rawValue.count).max() ?? 0
    return explanations.map { explanation in
      let code = explanation.code.rawValue
      let padding = String(repeating: " ", count: width - code.count)
      let severity = explanation.severity.rawValue
      return String(repeating: " ", count: indent)
        + "\(code)\(padding)  \(severity)\(String(repeating: " ", count: 7 - severity.count))  \(explanation.title)\n"
    }.joined()
  }

  /// The full explanation of one code.
  ///
  /// - Parameter policy: A policy whose own rules with the code are also shown.
  public static func page(_ explanation: Explanation, under policy: Policy? = nil) -> String {
    var text = """
      \(explanation.code.rawValue) (\(explanation.severity.rawValue) by default)

      \(wrapped("\(explanation.title)."))

      \(wrapped("Why: \(explanation.reason)"))

      \(wrapped("How to fix it: \(explanation.remedy)"))

      """
    for command in commands(explanation) { text += "  - \(command)\n" }
    text += "\n\(wrapped("Source: \(explanation.source)"))\n"
    if let page = ProjectHome.page(of: explanation.code) { text += "More: \(page)\n" }
    if let policy { text += section(explanation, under: policy) }
    return text
  }

  /// The code's fixes, each text once: two types of file may have the same, and `preflight fix` knows what a file needs.
  private static func commands(_ explanation: Explanation) -> [String] {
    let remedies = explanation.fixes.map(\.remedy)
    let fixes = Set(remedies.filter { $0.action == .fix })
    let fix = fixes.count > 1 ? Remedy(fix: "Let preflight fix it") : fixes.first
    var commands: [String] = []
    for remedy in remedies {
      let own = remedy.action == .fix ? fix ?? remedy : remedy
      let text = own.text(for: nil, isStrict: explanation.severity == .warning)
      if commands.contains(text) { continue }
      commands.append(text)
    }
    return commands
  }

  private static func section(_ explanation: Explanation, under policy: Policy) -> String {
    let standard = policy.severity(of: explanation.code, otherwise: explanation.severity)
    var text = "\nIn the policy \(policy.name): \(standard?.rawValue ?? "off")\n"
    for use in policy.uses(of: explanation.code) {
      let endpoints =
        use.endpoints.isEmpty ? "all endpoints" : use.endpoints.map(\.rawValue).joined(separator: ", ")
      var row = "- \(use.severity?.rawValue ?? "off") at \(endpoints)"
      if let message = use.message { row += ": \(message)" }
      if let remedy = use.remedy { row += " Fix: \(remedy)" }
      text += "  " + WrappedText.wrapped("\(row) (\(use.source))", to: 80, indent: 4, from: 2) + "\n"
    }
    return text
  }

  /// Text in lines of 80 columns. Commands to copy are never broken.
  private static func wrapped(_ text: String) -> String {
    WrappedText.wrapped(text, to: 80)
  }

  // MARK: Meta's errors

  /// The meaning of one of Meta's error numbers, and the findings that predict it.
  public static func page(_ error: MetaError) -> String {
    var text = "Meta's error \(error.number): \(error.title)\n\n\(wrapped(error.meaning))\n\n"
    for item in error.cases {
      text += wrapped(item.details) + "\n"
      text +=
        item.codes.isEmpty
        ? "  no check predicts it\n" : table(item.codes.compactMap(\.explanation), indent: 2)
    }
    text +=
      "\nRun 'preflight explain CODE' for the fix of each.\n\n" + wrapped("Source: \(error.source)") + "\n"
      + "More: \(ProjectHome.metaErrors)\n"
    return text
  }

  /// The meaning of one of Meta's error numbers, as a JSON object.
  public static func json(_ error: MetaError) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("error", error.number)
      json.member("title", error.title)
      json.member("meaning", error.meaning)
      json.key("cases")
      json.array { json in
        for item in error.cases {
          json.object { json in
            json.member("details", item.details)
            json.member("codes", item.codes.map(\.rawValue))
          }
        }
      }
      json.member("source", error.source)
      json.member("url", ProjectHome.metaErrors)
    }
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  /// Explanations as JSON: an object, or an array of objects if `isTable` is true.
  ///
  /// - Parameter policy: A policy whose own rules with each code are also included.
  public static func json(
    _ explanations: [Explanation], isTable: Bool, under policy: Policy? = nil
  ) -> String {
    var json = JSONWriter()
    if isTable {
      json.array { json in for explanation in explanations { write(explanation, policy, to: &json) } }
    } else {
      for explanation in explanations { write(explanation, policy, to: &json) }
    }
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  private static func write(_ explanation: Explanation, _ policy: Policy?, to json: inout JSONWriter) {
    json.object { json in
      json.member("code", explanation.code.rawValue)
      json.member("severity", explanation.severity.rawValue)
      json.member("title", explanation.title)
      json.member("message", explanation.message)
      json.member("reason", explanation.reason)
      json.member("remedy", explanation.remedy)
      json.member("commands", commands(explanation))
      json.member("source", explanation.source)
      json.member("url", ProjectHome.page(of: explanation.code))
      if let policy { write(explanation, under: policy, to: &json) }
    }
  }

  private static func write(
    _ explanation: Explanation, under policy: Policy, to json: inout JSONWriter
  ) {
    json.key("policy")
    json.object { json in
      json.member("name", policy.name)
      json.member(
        "severity",
        policy.severity(of: explanation.code, otherwise: explanation.severity)?.rawValue ?? "off")
      json.key("rules")
      json.array { json in
        for use in policy.uses(of: explanation.code) {
          json.object { json in
            json.member("endpoints", use.endpoints.map(\.rawValue))
            json.member("severity", use.severity?.rawValue ?? "off")
            json.member("message", use.message)
            json.member("remedy", use.remedy)
            json.member("source", use.source)
          }
        }
      }
    }
  }
}
