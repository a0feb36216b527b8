import MediaPreflight

/// Where the project's pages are.
enum ProjectHome {
  /// The repository.
  static let url = "https://github.com/preflight-media/preflight"

  /// The page of a finding code.
  static func page(of code: FindingCode) -> String {
    "\(url)/blob/main/Documentation/Codes/\(code.rawValue).md"
  }
}
