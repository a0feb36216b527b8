import Foundation
import MediaPreflight
import PreflightProject
@testable import PreflightTestSupport
import Testing

/// Compares ignored files with those that Git ignores, for thousands of paths and hundreds of pattern sets.
@Suite struct GitIgnoreTests {
  /// Git's files in a repository are untrusted and may contain invalid paths.
  @Test func nulInAGitFile() throws {
    let scratch = try ScratchFolder()
    try scratch.write("gitdir: a\0b\n", to: ".git")
    try scratch.write("a.png\n", to: ".gitignore")
    for name in ["a.png", "b.png"] { try scratch.write(to: name) }
    #expect(try scratch.walk(in: scratch.project()).count == 1)
  }

  @Test func nulInAPolicyName() throws {
    let scratch = try ScratchFolder()
    try scratch.write("policy = \"a\\u0000b\"\n", to: "preflight.toml")
    try scratch.write(to: "a.png")
    let walk = FileWalk([FilePath(scratch.path)], in: try scratch.project())
    #expect {
      try walk.survey()
    } throws: {
      "\($0)".contains("1:10: a policy name can't contain a NUL character")
    }
  }

  /// A generator that produces the same numbers in each run.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  private static let folderNames = ["a", "b", "ab", "stickers", "x y"]
  private static let fileNames = ["a", "b.png", "ba.webp", "c d", "é.jpg", "[a]", "*", "b\\"]

  private static func pattern(_ numbers: inout Numbers) -> String {
    let signs = [
      "*", "**", "?", "a", "b", "ab", "[ab]", "[!a]", "*.png", "a*", "*b*", "**b", "a**", "stickers", "x y",
      "é*", "\\[a\\]", "\\*", "*.*", "[[:alpha:]]", "?b", "[a-b]*", "b\\\\", "***",
    ]
    let count = [1, 1, 2, 2, 3, 4].randomElement(using: &numbers) ?? 1
    var text = (0..<count).map { _ in signs.randomElement(using: &numbers) ?? "a" }.joined(separator: "/")
    if Int.random(in: 0..<4, using: &numbers) == 0 { text = "/" + text }
    if Int.random(in: 0..<4, using: &numbers) == 0 { text += "/" }
    if Int.random(in: 0..<4, using: &numbers) == 0 { text = "!" + text }
    if Int.random(in: 0..<12, using: &numbers) == 0 {
      text += ["  ", "\\ ", "\r", " \t", "\\"].randomElement(using: &numbers) ?? ""
    }
    return text
  }

  private static func makeTree(in scratch: ScratchFolder) throws -> (folders: [String], files: [String]) {
    var folders = [""]
    for name in folderNames {
      for inner in folderNames {
        folders.append("\(name)/\(inner)/")
        for deep in ["a", "b", "stickers"] { folders.append("\(name)/\(inner)/\(deep)/") }
      }
      folders.append("\(name)/")
    }
    let files = folders.flatMap { folder in
      fileNames.compactMap { folderNames.contains($0) && folder.utf8.count < 9 ? nil : folder + $0 }
    }.filter { file in !folders.contains(file + "/") }
    for file in files { try scratch.write(to: file) }
    return (folders, files)
  }

  @Test func agreesWithGit() throws {
    let scratch = try ScratchFolder()
    let (folders, files) = try Self.makeTree(in: scratch)
    #expect(files.count > 700)
    _ = try scratch.run(["git", "init", "-q", "."])
    let all = Array(files.joined(separator: "\0").utf8) + [0]
    var numbers = Numbers(state: 2026)
    var ignored = 0
    for round in 0..<60 {
      var written: [String] = []
      for index in 0...Int.random(in: 0...2, using: &numbers) {
        let folder = index == 0 ? "" : folders.randomElement(using: &numbers) ?? ""
        let lines = (0...Int.random(in: 0...5, using: &numbers)).map { _ in Self.pattern(&numbers) }
        // Sometimes use the repository's list instead of a folder's.
        let name = folder + (round % 5 == 4 && index == 0 ? ".git/info/exclude" : ".gitignore")
        try scratch.write(lines.joined(separator: "\n"), to: name)
        if !written.contains(name) { written.append(name) }
      }
      let context = Comment(
        rawValue: try written.map {
          "\($0):\n" + (try String(contentsOfFile: scratch.path + "/" + $0, encoding: .utf8))
        }.joined(separator: "\n"))

      let untracked = try scratch.run(["git", "ls-files", "-z", "--others", "--exclude-standard"])
      let expected = Set(Self.names(untracked).filter { !$0.hasPrefix(".") && !$0.contains("/.") })
      let found = try scratch.walk(in: scratch.project())
      #expect(Set(found) == expected, context)
      #expect(found.count == expected.count, context)

      let named = try scratch.run(["git", "check-ignore", "-z", "--no-index", "--stdin"], input: all)
      let kept = Set(files).subtracting(Self.names(named))
      let forced = try scratch.walk(files, in: scratch.project { $0.forcesExclusion = true })
      #expect(Set(forced) == kept, context)
      ignored += files.count - kept.count

      for name in written { try FileManager.default.removeItem(atPath: scratch.path + "/" + name) }
    }
    // The patterns ignore some of the files, but not all.
    #expect(ignored > 10_000 && ignored < 50 * files.count)
  }

  private static func names(_ list: Data) -> [String] {
    list.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
