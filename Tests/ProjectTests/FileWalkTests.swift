import SystemPackage
import Foundation
import MediaPreflight
import PreflightProject
@testable import PreflightTestSupport
import Testing

@Suite struct FileWalkTests {
  /// Counts opened folders.
  private final class Counter {
    private(set) var opened: [String] = []

    func list(_ path: FilePath, followsLink: Bool) -> FolderListing? {
      opened.append(path.string)
      return FolderListing(path, followsLink: followsLink)
    }
  }

  @Test func ignoredFolderIsNeverOpened() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: ".git/HEAD")
    try scratch.write("/one/\n", to: ".gitignore")
    try scratch.write("ignore = [\"two\", \"deep/*/\"]\n", to: "preflight.toml")
    for index in 0..<250 {
      for folder in ["one", "two", "three", "deep/x"] { try scratch.write(to: "\(folder)/\(index)/a.png") }
    }
    try scratch.write(to: "kept/a.png")
    try scratch.write(to: "deep/b.png")
    let counter = Counter()
    let found = try scratch.walk(
      in: scratch.project { $0.exclude = [Array("three".utf8)] }, list: counter.list)
    #expect(found.map { $0.split(separator: "/").joined(separator: "/") } == ["deep/b.png", "kept/a.png"])
    // Each folder is opened twice: in the survey, for its configuration, and in the run.
    let names = counter.opened.map { $0.dropFirst(scratch.path.count).filter { $0 != "/" } }
    #expect(names.sorted() == ["", "", "deep", "deep", "kept", "kept"])
  }

  @Test func fileNamedTwiceIsFoundOnce() throws {
    let scratch = try ScratchFolder()
    for name in ["a/1.png", "a/b/2.png", "a/b/3.png", "a/4.png", "A/1.png"] { try scratch.write(to: name) }
    let project = try scratch.project()
    #expect(try scratch.walk(["a", "a"], in: project) == ["a/1.png", "a/4.png", "a/b/2.png", "a/b/3.png"])
    #expect(
      try scratch.walk(["a/b/3.png", "a", "./a/", "a/b"], in: project)
        == ["a/b/3.png", "a/1.png", "a/4.png", "a/b/2.png"])
    #expect(
      try scratch.walk(["a", "a/b/2.png", "a//b/../b/./2.png", "A/1.png"], in: project)
        == ["a/1.png", "a/4.png", "a/b/2.png", "a/b/3.png", "A/1.png"])
    // These are different files: their names differ only in case, and one of them doesn't exist.
    #expect(
      try scratch.walk(["a/1.png", "A/1.png", "a/1.PNG"], in: project) == ["a/1.png", "A/1.png", "a/1.PNG"])
  }

  @Test func manyFilesAreFoundOnce() throws {
    let scratch = try ScratchFolder()
    for folder in 0..<20 { for file in 0..<60 { try scratch.write(to: "\(folder)/\(file).png") } }
    let project = try scratch.project()
    let found = try scratch.walk([".", "./", "7"] + (0..<60).map { "3/\($0).png" }, in: project)
    #expect(found.count == 1200)
    #expect(Set(found).count == 1200)
  }

  @Test func dotsAfterALinkAreResolvedAsByTheSystem() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: "x/y/1.png")
    try scratch.write(to: "x/2.png")
    try scratch.write(to: "2.png")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/link", withDestinationPath: scratch.path + "/x/y")
    let found = try scratch.walk(["2.png", "link/../2.png", "x/2.png"], in: scratch.project())
    #expect(found == ["2.png", "link/../2.png"])
  }

  @Test func linksToFoldersAreNotFollowed() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: "a/1.png")
    for (name, target) in [("a/up", ".."), ("a/link.png", "1.png"), ("a/gone.png", "nowhere"), ("b", "a")] {
      try FileManager.default.createSymbolicLink(
        atPath: scratch.path + "/" + name, withDestinationPath: target)
    }
    let project = try scratch.project()
    #expect(try scratch.walk(["a"], in: project) == ["a/1.png", "a/gone.png", "a/link.png"])
    // Links named by the user are followed.
    #expect(try scratch.walk(["b"], in: project) == ["b/1.png", "b/gone.png", "b/link.png"])
  }

  @Test func precedenceOfIgnoreLists() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: ".git/HEAD")
    try scratch.write("*.png\nbuild/\n", to: ".gitignore")
    try scratch.write("ignore = [\"!build/\", \"!b.png\", \"c.jpg\"]\n", to: ".preflight.toml")
    for name in ["a.png", "b.png", "c.jpg", "d.jpg", "build/e.jpg", "build/f.png"] {
      try scratch.write(to: name)
    }
    func found(_ change: (inout Project.Options) -> Void) throws -> Set<String> {
      Set(try scratch.walk(in: scratch.project(change)).map { String($0.drop { $0 == "/" }) })
    }
    #expect(try found { _ in } == ["b.png", "d.jpg", "build/e.jpg"])
    #expect(
      try found { $0.exclude = [Array("d.*".utf8), Array("!c.jpg".utf8)] } == [
        "b.png", "c.jpg", "build/e.jpg",
      ])
    #expect(
      try found { $0.honoursGitignore = false } == ["a.png", "b.png", "d.jpg", "build/e.jpg", "build/f.png"])
    #expect(try found { $0.search = .none } == ["c.jpg", "d.jpg"])
    // Named files are found even if they are ignored, unless exclusion is forced.
    let all = ["a.png", "c.jpg", "build/f.png", "build", "d.jpg"]
    #expect(
      try scratch.walk(all, in: scratch.project()) == [
        "a.png", "c.jpg", "build/f.png", "build/e.jpg", "d.jpg",
      ])
    #expect(
      try scratch.walk(all, in: scratch.project { $0.forcesExclusion = true }) == ["build/e.jpg", "d.jpg"])
  }

  @Test func nestedRepositoryHasItsOwnRules() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: ".git/HEAD")
    try scratch.write("*.png\n", to: ".gitignore")
    try scratch.write("ignore = [\"*.gif\"]\n", to: "preflight.toml")
    try scratch.write("gitdir: ../modules/inner\n", to: "inner/.git")
    try scratch.write("*.jpg\n", to: "modules/inner/info/exclude")
    for name in ["inner/a.png", "inner/b.gif", "inner/c.jpg", "modules/d.png"] { try scratch.write(to: name) }
    for names in [["inner", "modules"], [""]] {
      let found = try scratch.walk(names, in: scratch.project())
      #expect(
        found.filter { $0.contains("inner/") && !$0.hasPrefix("/modules") && !$0.hasPrefix("modules") }
          .map { $0.split(separator: "/").joined(separator: "/") } == ["inner/a.png", "inner/b.gif"])
      #expect(!found.contains { $0.hasSuffix("d.png") })
    }
  }

  @Test func worktreeUsesTheListOfItsRepository() throws {
    let scratch = try ScratchFolder()
    try scratch.write("gitdir: \(scratch.path)/main/.git/worktrees/w\n", to: "w/.git")
    try scratch.write("../..\n", to: "main/.git/worktrees/w/commondir")
    try scratch.write("*.png\n", to: "main/.git/info/exclude")
    for name in ["w/a.png", "w/b.jpg"] { try scratch.write(to: name) }
    #expect(try scratch.walk(["w"], in: scratch.project()) == ["w/b.jpg"])
  }

  @Test func invalidConfigurationAfterTheSurveyEndsTheWalk() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: "a/1.png")
    try scratch.write(to: "b/2.png")
    var walk = FileWalk([FilePath(scratch.path)], in: try scratch.project())
    try walk.survey()
    #expect(throws: Never.self) { try walk.next()?.settings.get() }
    try scratch.write("strict = 1", to: "b/preflight.toml")
    #expect(throws: ConfigurationError.self) { try walk.next()?.settings.get() }
  }

  @Test func gitignoreOutsideARepositoryIsNotUsed() throws {
    let scratch = try ScratchFolder()
    try scratch.write("*.png\n", to: ".gitignore")
    try scratch.write(to: "a.png")
    #expect(try scratch.walk(["a.png", ""], in: scratch.project()) == ["a.png"])
  }

  @Test func patternsInTheRootFolder() throws {
    let scratch = try ScratchFolder()
    for name in ["a.png", "b.png", "c/a.png"] { try scratch.write(to: name) }
    var options = Project.Options()
    options.exclude = [Array("\(scratch.path)/a.png".utf8)]
    let project = try Project(options, workingFolder: "/")
    #expect(project.absolute("../a/..") == "/")
    #expect(try scratch.walk(in: project) == ["b.png", "c/a.png"])
  }

  @Test func folderWithAnotherFoldersNameAsPrefix() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: ".git/HEAD")
    try scratch.write("*.png\n/b/\n", to: "a/.gitignore")
    try scratch.write("ignore = [\"/c/*.jpg\"]\n", to: "a/preflight.toml")
    for folder in ["a", "ab"] {
      for name in ["1.png", "b/2.jpg", "c/3.jpg"] { try scratch.write(to: "\(folder)/\(name)") }
    }
    let all = ["ab/1.png", "ab/b/2.jpg", "ab/c/3.jpg"]
    #expect(try scratch.walk(["a", "ab"], in: scratch.project()) == all)
    let named = all + all.map { "a" + $0.dropFirst(2) }
    #expect(try scratch.walk(named, in: scratch.project { $0.forcesExclusion = true }) == all)
  }

  /// A malformed `.git` file must not crash the process.
  @Test(arguments: [("gitdir: m\0n\n", "x"), ("gitdir: m\n", "../c\0d\n"), ("gitdir: \n", "\n")])
  func malformedGitFile(git: String, common: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write(git, to: ".git")
    try scratch.write(common, to: "m/commondir")
    try scratch.write("*.png\n", to: ".gitignore")
    for name in ["a.png", "b.jpg"] { try scratch.write(to: name) }
    #expect(try scratch.walk(in: scratch.project()) == ["b.jpg", "m/commondir"])
  }

  /// The folders of such a path are not processed one by one.
  @Test func tooLongPathIsFoundAsAFile() throws {
    let scratch = try ScratchFolder()
    let deep = String(repeating: "a/", count: 2100) + "b.png"
    for search in [Project.Search.upwards, .none] {
      let project = try scratch.project {
        $0.search = search
        $0.forcesExclusion = true
      }
      #expect(try scratch.walk([deep, "c.png"], in: project) == [deep, "c.png"])
      #expect(project.settings(ofFileAt: FilePath(deep)).endpoint == nil)
    }
  }
}
