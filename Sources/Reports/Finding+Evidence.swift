import MediaPreflight

extension Finding {
  /// Where it is, what was expected and what was found, in a few words; empty where there is no such thing.
  var evidence: String {
    var parts: [String] = []
    if let offset { parts.append("at byte \(offset)") }
    if let expected, !expected.isEmpty { parts.append("expected \(expected)") }
    if let actual, !actual.isEmpty { parts.append("found \(actual)") }
    return parts.joined(separator: ", ")
  }
}
