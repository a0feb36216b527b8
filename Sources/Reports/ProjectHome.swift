import MediaPreflight

/// The project's URLs.
enum ProjectHome {
  /// The repository.
  static let url = "https://github.com/preflight-media/preflight"

  /// The site of the pages in `Documentation`, which a workflow publishes with each change of main. GitHub shows the same
  /// pages at `\(url)/blob/main/Documentation/`, with `.md` for `.html`.
  private static let site = "https://preflight-media.github.io/preflight/"

  /// The URL of the page about Meta's error numbers.
  static let metaErrors = "\(site)MetaErrors.html"

  /// The URL of a finding code's page; nil for a code that a policy defines.
  static func page(of code: FindingCode) -> String? {
    code.explanation == nil ? nil : "\(site)Codes/\(code.rawValue).html"
  }
}
