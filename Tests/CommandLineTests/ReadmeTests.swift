import SystemPackage
import Foundation
import MediaPreflight
import PreflightProject
import PreflightReports
@testable import PreflightTestSupport
import Testing

/// Checks the README's examples and tables.
@Suite struct ReadmeTests {
  private func readme() throws -> String {
    try String(contentsOfFile: Fixture.folder + "../README.md", encoding: .utf8)
  }

  /// The TOML example that starts with a line.
  private func example(startingWith line: String) throws -> String {
    let text = try readme()
    let start = try #require(text.range(of: "```toml\n\(line)"))
    let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
    return line + text[start.upperBound..<end.lowerBound]
  }

  @Test func codeTableIsComplete() throws {
    let text = try readme()
    let rows = Explanation.all.map { "| `\($0.code.rawValue)` | \($0.severity.rawValue) | \($0.title) |\n" }
    #expect(text.contains("| code | severity | when |\n|---|---|---|\n" + rows.joined() + "\n"))
  }

  @Test func formatTableIsComplete() throws {
    let text = try readme()
    let start = try #require(text.range(of: "| format | is for |\n|---|---|\n"))
    let rows = text[start.upperBound...].components(separatedBy: "\n\n")[0].split(separator: "\n")
    let names = rows.flatMap { $0.split(separator: "|")[0].matches(of: /`([a-z]+)`/).map { String($0.1) } }
    #expect(names == ReportFormat.all.map(\.name))
  }

  @Test func policyExampleIsValid() throws {
    let policy = try Policy(parsing: try example(startingWith: "name = \"stickers-only\""), name: "README.md")
    let strict = Preflight(policy: policy)
    let moving = try strict.check(
      MemorySource(Fixture.bytes("pictures/sticker-animated.webp")), as: .sticker)
    #expect(moving.findings.map(\.message) == ["Our stickers stand still."])
    #expect(moving.verdict == .rejected)
    let place = try strict.check(
      MemorySource(Fixture.bytes("pictures/exif-place.jpg")), named: FilePath("a.png"))
    #expect(place.findings.map(\.code) == [.locationMetadata])
    #expect(place.findings.map(\.severity) == [.error])
  }

  @Test func configurationExampleHasTheDocumentedEffect() throws {
    let scratch = try ScratchFolder()
    try scratch.write(try example(startingWith: "policy = "), to: "preflight.toml")
    let names = [
      "drafts/a.jpg", "legacy/b.jpg", "promo/c.png", "promo/x/y/d.png", "stickers/e/f.webp", "g.psd",
    ]
    for name in names { try scratch.write(to: name) }
    var walk = FileWalk([FilePath(scratch.path)], in: try scratch.project())
    try walk.survey()
    var found: [String] = []
    while let file = try walk.next() {
      let settings = try file.settings.get()
      let name = String(file.name.display.dropFirst(scratch.path.count + 1))
      found.append("\(name) \(settings.endpoint?.rawValue ?? "auto") \(settings.engine.isStrict)")
    }
    #expect(
      found == [
        "legacy/b.jpg auto false", "promo/c.png image true", "promo/x/y/d.png image true",
        "stickers/e/f.webp sticker true",
      ])
  }

  /// The example from the README and from ``Preflight``, verbatim.
  @Test func swiftExampleCompilesAndRuns() throws {
    var uploaded: [URL] = []
    func upload(_ url: URL) { uploaded.append(url) }
    var printed: [String] = []
    func print(_ items: Any...) { printed.append(items.map { "\($0)" }.joined(separator: " ")) }
    for name in ["pictures/sticker.webp", "pictures/sticker-511.webp"] {
      let url = URL(filePath: Fixture.folder + name)

      let preflight = Preflight()
      let result = try preflight.check(contentsOf: url, as: .sticker)
      switch result.verdict {
      case .accepted: upload(url)
      default:
        for finding in result.findings {
          print(finding.severity, finding.code, finding.message, finding.remedy ?? "")
        }
      }
    }
    #expect(uploaded.map(\.lastPathComponent) == ["sticker.webp"])
    #expect(printed.count == 1 && printed[0].hasPrefix("error pixel-size-not-allowed A sticker must be 512"))
  }

  @Test func engineIsThreadSafe() async throws {
    let names = Fixture.names.enumerated().filter { $0.offset % 8 == 0 }.map(\.element)
    let bytes = try names.map { MemorySource(try Fixture.bytes($0)) }
    let alone = try bytes.map { try engine.check($0).findings }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for (source, findings) in zip(bytes, alone) {
            let result = try engine.check(source)
            #expect(result.findings == findings)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
