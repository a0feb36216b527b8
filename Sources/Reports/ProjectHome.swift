import MediaPreflight

/// The project's URLs.
enum ProjectHome {
  /// The repository.
  static let url = "https://github.com/preflight-media/preflight"

  /// The URL of a finding code's page.
  static func page(of code: FindingCode) -> String {
    "\(url)/blob/main/Documentation/Codes/\(code.rawValue).md"
  }
}
