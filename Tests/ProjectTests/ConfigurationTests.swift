import SystemPackage
import Foundation
import MediaPreflight
import PreflightProject
@testable import PreflightTestSupport
import Testing

@Suite struct ConfigurationTests {
  /// The settings of each file of a folder.
  private func settings(
    _ scratch: ScratchFolder, _ names: [String], _ change: (inout Project.Options) -> Void = { _ in }
  ) throws -> [FileSettings] {
    var walk = FileWalk(names.map { FilePath(scratch.path + "/" + $0) }, in: try scratch.project(change))
    try walk.survey()
    var all: [FileSettings] = []
    while let file = try walk.next() { all.append(try file.settings.get()) }
    return all
  }

  @Test func nearestConfigurationAndLastGlobWin() throws {
    let scratch = try ScratchFolder()
    try scratch.write(
      """
      endpoint = "document"
      strict = true
      [severities]
      location-metadata = "error"
      near-size-limit = "off"
      [files]
      "*.png" = "image"
      "s/**" = "sticker"
      "s/v/*.mp4" = { endpoint = "video", strict = false }
      """, to: "preflight.toml")
    try scratch.write(
      """
      policy = "whatsapp-cloud"
      [severities]
      location-metadata = "note"
      [files]
      "deep" = { severities = { extension-mismatch = "off" } }
      """, to: "s/v/.preflight.toml")
    let names = ["a.jpg", "a.png", "s/a.png", "s/v/a.mp4", "s/v/deep/er/a.mp4", "o/s/v/a.mp4", "s/v"]
    for name in names.dropLast() { try scratch.write(to: name) }
    let found = try settings(scratch, names.dropLast())
    #expect(found.map(\.endpoint) == [.document, .image, .sticker, .video, .sticker, .document])
    #expect(found.map(\.engine.isStrict) == [true, true, true, false, true, true])
    #expect(
      found.map(\.engine.policy.name).map { $0 == "whatsapp-cloud" } == [
        false, false, false, true, true, false,
      ])
    // Files with the same settings share an engine.
    #expect(found[0].engine === found[1].engine && found[1].engine === found[5].engine)
    #expect(found[3].engine !== found[4].engine)
    // A file has the same settings whether it is named or found in a folder.
    let walked = try settings(scratch, [""])
    #expect(walked.map(\.endpoint) == [.document, .image, .document, .sticker, .video, .sticker])
    let over = try settings(scratch, names.dropLast()) {
      $0.overrides.endpoint = Setting(nil, .commandLine)
      $0.overrides.isStrict = Setting(false, .commandLine)
    }
    #expect(over.allSatisfy { $0.endpoint == nil && !$0.engine.isStrict })
  }

  @Test func rootAndRepositoryEndTheSearch() throws {
    let scratch = try ScratchFolder()
    try scratch.write("endpoint = \"audio\"\nignore = [\"*.gif\"]", to: "preflight.toml")
    try scratch.write("root = true\nstrict = true", to: "alone/preflight.toml")
    try scratch.write(to: "repository/.git/HEAD")
    for name in ["alone/a.gif", "alone/b/a.gif", "repository/a.gif", "other/a.gif", "other/a.mp3"] {
      try scratch.write(to: name)
    }
    let found = try settings(scratch, ["alone", "repository", "other"])
    #expect(found.map(\.endpoint) == [nil, nil, nil, .audio])
    #expect(found.map(\.engine.isStrict) == [true, true, false, false])
  }

  @Test func namedConfigurationIsTheOnlyOne() throws {
    let scratch = try ScratchFolder()
    try scratch.write("endpoint = \"audio\"", to: "preflight.toml")
    try scratch.write("[files]\n\"/in/\" = \"video\"\n\"*.png\" = \"image\"", to: "ci/my.toml")
    try scratch.write(to: "ci/in/deep/a.mp4")
    try scratch.write(to: "in/a.png")
    try scratch.write(to: "in/a.mp4")
    let names = ["ci/in/deep/a.mp4", "in/a.png", "in/a.mp4"]
    let file = FilePath(scratch.path + "/ci/my.toml")
    #expect(
      try settings(scratch, names) { $0.search = .file(file) }.map(\.endpoint) == [.video, .image, nil])
    #expect(try settings(scratch, names) { $0.search = .none }.map(\.endpoint) == [nil, nil, nil])
    // As in `hook`: one by one, without file system access.
    let project = try scratch.project { $0.search = .file(file) }
    let asked = names.map { project.settings(ofFileAt: FilePath(scratch.path + "/" + $0)).endpoint }
    #expect(asked == [.video, .image, nil])
  }

  @Test func policyNameIsNilForSeveralPolicies() throws {
    let scratch = try ScratchFolder()
    try scratch.write("policy = \"whatsapp-cloud\"", to: "cloud/preflight.toml")
    try scratch.write("[files]\n\"x\" = { policy = \"whatsapp-cloud\" }", to: "mixed/preflight.toml")
    for name in ["cloud/a.png", "mixed/a.png", "plain/a.png"] { try scratch.write(to: name) }
    func policy(_ names: [String], _ change: (inout Project.Options) -> Void = { _ in }) throws -> String? {
      let project = try scratch.project(change)
      _ = try scratch.walk(names, in: project)
      return project.policyName
    }
    #expect(try policy(["cloud"]) == "whatsapp-cloud")
    #expect(try policy(["plain"]) == "waconnect")
    #expect(try policy(["cloud", "plain/a.png"]) == nil)
    #expect(try policy(["mixed"]) == nil)
    #expect(try policy([""]) == nil)
    let file = FilePath(scratch.path + "/cloud/preflight.toml")
    #expect(try policy([""]) { $0.search = .file(file) } == "whatsapp-cloud")
    #expect(try policy([""]) { $0.search = .none } == "waconnect")
  }

  /// The cache of folders is limited. A folder that was evicted is looked up again.
  @Test func manyFolders() throws {
    let scratch = try ScratchFolder()
    try scratch.write("endpoint = \"image\"", to: "preflight.toml")
    let names = (0..<5000).map { "f\($0)/a.png" }
    let found = try settings(scratch, names)
    #expect(found.count == names.count)
    #expect(found.allSatisfy { $0.endpoint == .image })
  }
}
