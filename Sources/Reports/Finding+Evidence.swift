import MediaPreflight

extension Finding {
  /// The offset, the expected value and the actual value. Values that the message already has are omitted, so it may be
  /// empty.
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
