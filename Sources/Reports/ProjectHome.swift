import MediaPreflight

/// The project's URLs.
enum ProjectHome {
  /// The repository.
  static let url = "https://github.com/preflight-media/preflight"

  /// The URL of a finding code's page; nil for a code that a policy defines.
  static func page(of code: FindingCode) -> String? {
    code.explanation == nil ? nil : "\(url)/blob/main/Documentation/Codes/\(code.rawValue).md"
  }
}
