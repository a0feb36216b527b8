import Foundation
import PreflightChannel
@testable import PreflightTestSupport
import Testing

/// What pages tell users to install is the version of this checkout, and the changelog has it.
@Suite struct ReleaseTests {
  private static let root = Fixture.folder + "../"

  private static let pages: [String] = ["Documentation", "Sources/Engine/MediaPreflight.docc", "Examples"]
    .reduce(into: ["README.md"]) { pages, folder in
      let names = FileManager.default.enumerator(atPath: root + folder)?.compactMap { $0 as? String } ?? []
      pages += names.filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
    }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: Self.root + name, encoding: .utf8)
  }

  /// The action, the pre-commit hook, the package and the files of a release.
  @Test func pagesNameTheVersion() throws {
    var forms: Set<String> = []
    for page in Self.pages {
      let versions = try text(page).matches(of: /(preflight@v|rev: v|from: "|preflight[-_:])(\d+\.\d+\.\d+)/)
      for version in versions {
        #expect(version.2 == Version.current, "\(page)")
        forms.insert("\(page) \(version.1)")
      }
    }
    #expect(
      forms.isSuperset(of: [
        "README.md preflight@v", "README.md from: \"", "Documentation/CI.md preflight@v",
        "Documentation/CI.md rev: v",
      ]))
  }

  /// What isn't released yet comes first, then the version with its date; each heading is a link.
  @Test func changelogHasTheVersion() throws {
    let lines = try text("CHANGELOG.md").split(separator: "\n").map(String.init)
    let headings = lines.filter { $0.hasPrefix("## ") }
    let repository = "https://github.com/preflight-media/preflight"
    try #require(headings.count > 1)
    #expect(headings[0] == "## [Unreleased]")
    #expect(headings[1].wholeMatch(of: /## \[(.+)\] - \d{4}-\d\d-\d\d/)?.1 == Version.current[...])
    #expect(lines.contains("[Unreleased]: \(repository)/compare/v\(Version.current)...HEAD"))
    #expect(lines.contains { $0.hasPrefix("[\(Version.current)]: \(repository)/") })
  }
}
