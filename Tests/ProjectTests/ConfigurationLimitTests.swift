import Foundation
import MediaPreflight
import PreflightProject
import SystemPackage
@testable import PreflightTestSupport
import Testing

/// Configurations and ignore lists with very many globs: those that can be looked up have no cost for a file, and there
/// is a limit to the others and to all, which names the file.
@Suite struct ConfigurationLimitTests {
  private func lines(_ count: Int, _ line: (Int) -> String) -> String {
    (0..<count).map { line($0) + "\n" }.joined()
  }

  /// The message of the error in the configurations and ignore lists of a folder.
  private func message(_ scratch: ScratchFolder) throws -> String {
    do {
      _ = try scratch.walk(in: scratch.project())
      return ""
    } catch let error as ConfigurationError { return error.description }
  }

  @Test func manyGlobsWithoutWildcards() throws {
    let scratch = try ScratchFolder()
    let globs = lines(20_000) { "\"\($0 % 2 == 0 ? "" : "s/")f\($0).png\" = \"sticker\"" }
    try scratch.write(
      "endpoint = \"image\"\n[files]\n" + globs + "\"s/f7*\" = \"audio\"\n", to: "preflight.toml")
    try scratch.write(lines(50_000) { "/s/g\($0).png" } + "h1.png\n!/s/g4.png\n", to: ".gitignore")
    try scratch.write(to: ".git/HEAD")
    for name in ["f1.png", "f2.png", "s/f1.png", "s/f2.png", "s/f7.png", "s/g3.png", "s/g4.png", "s/h1.png"] {
      try scratch.write(to: name)
    }
    var walk = FileWalk([FilePath(scratch.path)], in: try scratch.project())
    try walk.survey()
    var found: [String] = []
    while let file = try walk.next() {
      found.append(
        "\(file.reference.path?.lastComponent?.string ?? "") \(try file.settings.get().endpoint?.rawValue ?? "")"
      )
    }
    #expect(
      found == [
        "f1.png image", "f2.png sticker", "f1.png sticker", "f2.png sticker", "f7.png audio", "g4.png image",
      ])
  }

  /// The last glob that matches decides, whether it was looked up or tried.
  @Test func orderOfBothKinds() {
    let folder = FilePath("/r")
    func last(_ text: String, _ path: String, isFolder: Bool = false) -> Int? {
      IgnoreList(parsing: Array(text.utf8), source: "list", folder: folder)
        .lastMatch(GlobPath(FilePath(path), isFolder: isFolder))?.line
    }
    #expect(last("a\n*\na\n?\nb", "/r/a") == 4)
    #expect(last("*\n?\na\nb", "/r/a") == 3)
    #expect(last("/a\na/\n/s/a\na", "/r/s/a") == 4)
    #expect(last("/a\na/\n/s/a", "/r/s/a") == 3)
    #expect(last("/a\na/", "/r/s/a") == nil)
    #expect(last("/a\na/", "/r/s/a", isFolder: true) == 2)
    #expect(last("s/a/\ns/a", "/r/s/a", isFolder: true) == 2)
    #expect(last("a", "/elsewhere/a") == 1)
    #expect(last("/a\nr", "/r", isFolder: true) == nil)
    #expect(last("a\na\n", "/r/a") == 2)
  }

  @Test(arguments: ["ignore = [\n{\"f*%.png\",\n}]", "[files]\n{\"f*%.png\" = \"image\"\n}"])
  func manyGlobsWithWildcards(text: String) throws {
    let parts = text.split(whereSeparator: { "{}".contains($0) }).map(String.init)
    func write(_ count: Int) throws -> ScratchFolder {
      let scratch = try ScratchFolder()
      let globs = (0..<count).map { parts[1].replacing("%", with: "\($0)") }.joined()
      try scratch.write(parts[0] + globs + (parts.count > 2 ? parts[2] : ""), to: "preflight.toml")
      try scratch.write(to: "a.png")
      return scratch
    }
    #expect(try message(write(2048)) == "")
    let error = try message(write(2049))
    #expect(
      error.hasPrefix(
        "preflight.toml: more than 2048 globs with wildcards, or more than 64 KiB of them, for ."))
  }

  /// Those of the folders above count as well.
  @Test func manyWildcardsInNestedLists() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: ".git/HEAD")
    try scratch.write(lines(1500) { "*x\($0)" }, to: ".gitignore")
    try scratch.write(lines(500) { "*y\($0)" }, to: "a/.gitignore")
    try scratch.write(lines(1500) { "*z\($0)" }, to: "b/c/.gitignore")
    #expect(try message(scratch).hasPrefix(".gitignore, b/c/.gitignore: more than 2048 globs with wildcards"))
    let project = try scratch.project { $0.honoursGitignore = false }
    #expect(try scratch.walk(in: project) == [])
  }

  @Test func moreGlobsThanInAnyProject() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: ".git/HEAD")
    for name in ["a", "b"] { try scratch.write(lines(60_000) { "f\($0)" }, to: "\(name)/.gitignore") }
    #expect(
      try message(scratch)
        == "b/.gitignore: with it, all configurations and ignore lists have more than 100000 globs; "
        + "--no-ignore checks without ignore lists")
  }

  @Test func largeFiles() throws {
    let comment = "#" + String(repeating: " ", count: 1 << 20)
    for name in ["preflight.toml", ".gitignore", "policy.toml"] {
      let scratch = try ScratchFolder()
      try scratch.write(to: ".git/HEAD")
      try scratch.write(comment, to: name)
      if name == "policy.toml" { try scratch.write("policy = \"policy.toml\"", to: "preflight.toml") }
      #expect(try message(scratch).contains("\(name): it is larger than 1 MiB"))
      // One byte less is none too many.
      try scratch.write(String(comment.dropLast()), to: name)
      #expect(try !message(scratch).contains("larger"))
    }
    let scratch = try ScratchFolder()
    try scratch.write(to: ".git/HEAD")
    for index in 0...4 { try scratch.write(String(comment.dropLast()), to: "\(index)/.gitignore") }
    #expect(
      try message(scratch)
        == "4/.gitignore: with it, all configurations, policies and ignore lists are larger than 4 MiB; "
        + "--no-ignore checks without ignore lists")
  }
}
