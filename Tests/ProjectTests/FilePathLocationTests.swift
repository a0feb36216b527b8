import SystemPackage
import Foundation
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct FilePathLocationTests {
  /// A path whose last two names aren't UTF-8.
  private static let bytes = FilePath([0x2f, 0x61, 0x2f, 0xff, 0x2f, 0xfe, 0x62])

  @Test(arguments: [
    ("a/b", "/r", "/r/a/b"), ("a//b/./c/", "/r", "/r/a/b/c"), (".", "/r", "/r"), ("", "/r", "/r"),
    ("..", "/r/s", "/r"), ("../ab", "/a", "/ab"), ("a/../../b", "/r/s", "/r/b"), ("/a/./b", "/r", "/a/b"),
    ("/", "/r", "/"), (".", "/", "/"), ("a", "/", "/a"),
    // The parent of the root is the root.
    ("..", "/", "/"), ("../../../a", "/r/s", "/a"), ("/../..", "/r", "/"), ("a/../../../..", "/r", "/"),
    // Three dots are an ordinary name.
    (".../..a/b..", "/r", "/r/.../..a/b.."),
  ])
  func absolutePathHasNoDots(path: String, base: String, expected: String) {
    #expect(FilePath(path).absolute(from: FilePath(base)) == FilePath(expected))
    // Without links, the system resolves the path in the same way.
    let nowhere = FilePath("/preflight-\(UUID().uuidString)")
    let (isBelow, isRoot) = (base != "/" && !path.hasPrefix("/"), expected == "/")
    guard isBelow, !isRoot, !path.contains("../../..") else {
      #expect(FilePath(path).resolved(from: FilePath(base)) == FilePath(expected))
      return
    }
    let below = FilePath(base).relative(to: "/")
    #expect(
      FilePath(path).resolved(from: nowhere.pushing(below))
        == nowhere.pushing(FilePath(expected).relative(to: "/")))
  }

  @Test func dotsAfterALinkAreRelativeToItsTarget() throws {
    let scratch = try ScratchFolder()
    try scratch.write(to: "x/y/1.png")
    for (name, target) in [
      ("link", "x/y"), ("x/chain", "../link"), ("root", "/"), ("gone", "nowhere"), ("self", "self"),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: scratch.path + "/" + name, withDestinationPath: target)
    }
    let folder = FilePath(scratch.path)
    func resolved(_ path: FilePath) -> FilePath { path.resolved(from: folder) }
    #expect(resolved("link/../y") == folder.appending("x/y"))
    #expect(FilePath("link/../y").absolute(from: folder) == folder.appending("y"))
    #expect(resolved("link/../..") == folder)
    #expect(resolved("x/chain/..") == folder.appending("x"))
    #expect(resolved("root/../a") == "/a")
    // A link without `..` after it is kept.
    #expect(resolved("./link/1.png") == folder.appending("link/1.png"))
    // A dangling link is kept.
    #expect(resolved("gone/../a") == folder.appending("a"))
    #expect(resolved("self/../a") == folder.appending("a"))
    #expect(resolved("nothing/../a") == folder.appending("a"))
  }

  @Test(arguments: [
    ("/a/b", "/a", "b"), ("/a", "/a", ""), ("/", "/", ""), ("/a/b", "/", "a/b"), ("/", "/a/b", "../.."),
    ("/a", "/a/b", ".."), ("/ab/c", "/a", "../ab/c"), ("/a/c", "/ab", "../a/c"),
    ("/a/b/c", "/a/x/y", "../../b/c"),
  ])
  func relativePath(path: String, folder: String, expected: String) {
    let (path, folder) = (FilePath(path), FilePath(folder))
    let relative = path.relative(to: folder)
    #expect(relative == FilePath(expected))
    #expect(relative.absolute(from: folder) == path)
  }

  @Test(arguments: [
    ("/a/b", "/a", "b"), ("/a", "/a", "."), ("/", "/", "."), ("/a/b", "/", "a/b"), ("/ab", "/a", "/ab"),
    ("/", "/a", "/"), ("/a", "/a/b", "/a"), ("/a/\u{1b}", "/a", "\\x1b"),
  ])
  func displayPath(path: String, workingFolder: String, expected: String) {
    #expect(FilePath(path).display(from: FilePath(workingFolder)) == expected)
  }

  @Test func parentFolder() {
    let folders: [(FilePath, FilePath?)] = [
      ("/a/b", "/a"), ("/a", "/"), ("/", nil), ("/a/\u{e9}", "/a"),
    ]
    for (path, folder) in folders { #expect(path.parentFolder == folder) }
  }

  @Test func invalidUTF8IsPreserved() {
    let path = Self.bytes
    let twisted = FilePath(Array("x/../".utf8) + [0xff, 0x2f, 0x2e, 0x2f, 0xfe, 0x62])
    #expect(twisted.absolute(from: "/a") == path && twisted.resolved(from: "/a") == path)
    #expect(path.relative(to: "/a").bytes == [0xff, 0x2f, 0xfe, 0x62])
    // Different bytes are different folders, though as text they are the same character.
    #expect(
      path.relative(to: FilePath([0x2f, 0x61, 0xfd])).bytes == Array("../".utf8) + path.bytes.dropFirst())
    #expect(path.display(from: "/a") == #"\xff/\xfeb"#)
    #expect(path.parentFolder?.bytes == [0x2f, 0x61, 0x2f, 0xff])
  }

  @Test func tooLongPath() {
    #expect(!FilePath(String(repeating: "a/", count: 500)).isTooLong)
    #expect(FilePath(String(repeating: "a/", count: 5000)).isTooLong)
  }
}
