import MediaPreflight

extension Finding {
  /// Where it is, what was expected and what was found, as far as the message doesn't say so; empty where it does.
  var evidence: String {
    var parts: [String] = []
    if let offset { parts.append("at byte \(offset)") }
    if let expected, !isInMessage(expected) { parts.append("expected \(expected)") }
    if let actual, !isInMessage(actual) { parts.append("found \(actual)") }
    return parts.joined(separator: ", ")
  }

  private func isInMessage(_ text: String) -> Bool {
    let value = text.drop { "≤≥ ".contains($0) }
    return value.isEmpty || message.lowercased().contains(value.lowercased())
  }
}
