import SystemPackage
import Foundation
import MediaPreflight
import PreflightProject
import PreflightReports
@testable import PreflightTestSupport
import Testing

/// What the README and the pages under `Documentation` say of reports, policies, configurations and the library holds.
@Suite struct ReadmeTests {
  private func page(_ name: String) throws -> String {
    try String(contentsOfFile: Fixture.folder + "../" + name, encoding: .utf8)
  }

  /// The example in TOML of a page that starts with a line.
  private func example(in name: String, startingWith line: String) throws -> String {
    let text = try page(name)
    let start = try #require(text.range(of: "```toml\n\(line)"))
    let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
    return line + text[start.upperBound..<end.lowerBound]
  }

  @Test func theTableOfReportsNamesEachFormat() throws {
    let text = try page("Documentation/Reports.md")
    let start = try #require(text.range(of: "| format | is for |\n|---|---|\n"))
    let rows = text[start.upperBound...].components(separatedBy: "\n\n")[0].split(separator: "\n")
    let names = rows.flatMap { $0.split(separator: "|")[0].matches(of: /`([a-z]+)`/).map { String($0.1) } }
    #expect(names == ReportFormat.all.map(\.name))
  }

  @Test func theExamplePolicyHasNoMistakes() throws {
    let policy = try Policy(
      parsing: try example(in: "Documentation/Policies.md", startingWith: "name = \"stickers-only\""),
      name: "Policies.md")
    let strict = Preflight(policy: policy)
    let moving = try strict.check(
      MemorySource(Fixture.bytes("pictures/sticker-animated.webp")), as: .sticker)
    #expect(moving.findings.map(\.message) == ["Our stickers are static."])
    #expect(moving.verdict == .rejected)
    let place = try strict.check(
      MemorySource(Fixture.bytes("pictures/exif-place.jpg")), named: FilePath("a.png"))
    #expect(place.findings.map(\.code) == [.locationMetadata])
    #expect(place.findings.map(\.severity) == [.error])
  }

  @Test func theExampleConfigurationSaysWhatItIsSaidTo() throws {
    let scratch = try ScratchFolder()
    try scratch.write(
      try example(in: "Documentation/Configuration.md", startingWith: "policy = "), to: "preflight.toml")
    let names = [
      "drafts/a.jpg", "legacy/b.jpg", "promo/c.png", "promo/x/y/d.png", "stickers/e/f.webp", "g.psd",
    ]
    for name in names { try scratch.write(to: name) }
    var walk = FileWalk([FilePath(scratch.path)], in: try scratch.project())
    try walk.survey()
    var found: [String] = []
    while let file = try walk.next() {
      let settings = try file.settings.get()
      let name = String(file.reference.display.dropFirst(scratch.path.count + 1))
      found.append("\(name) \(settings.endpoint?.rawValue ?? "auto") \(settings.engine.isStrict)")
    }
    #expect(
      found == [
        "legacy/b.jpg auto false", "promo/c.png image true", "promo/x/y/d.png image true",
        "stickers/e/f.webp sticker true",
      ])
  }

  /// Every format is in the README's list too.
  @Test func theReadmeNamesEachReport() throws {
    let names = ReportFormat.all.map { "`\($0.name)`" }.joined(separator: ", ")
    #expect(try page("README.md").contains("Reports: \(names)\n"))
  }

  @Test func oneEngineServesManyThreads() async throws {
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
