import Foundation
import MediaPreflight
import PreflightBytes
@testable import PreflightFix
@testable import PreflightTestSupport
import Testing

/// Files that stand in for others.
@Suite struct NewFileTests {
  private let scratch: ScratchFolder
  private let folder: FilePath

  init() throws {
    scratch = try ScratchFolder()
    folder = FilePath(scratch.path)
  }

  private func put(_ text: String, _ name: String) throws -> FilePath {
    let path = folder.appending(name)
    try Data(text.utf8).write(to: URL(filePath: path.string))
    return path
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
  }

  @Test func theOriginalGoesOnceAnotherIsThere() throws {
    let (old, new) = (try put("old", "a.mov"), try put("new", "a.mp4"))
    try NewFile.remove(old, asRead: FileSource(path: old), for: new)
    #expect(try names() == ["a.mp4"])
  }

  /// There aren't two files of which one is out of date.
  @Test func theOtherGoesIfTheOriginalChanged() throws {
    let (old, new) = (try put("old", "a.mov"), try put("new", "a.mp4"))
    let read = try FileSource(path: old)
    _ = try put("newer", "a.mov")
    #expect(throws: FixError.changed(old)) { try NewFile.remove(old, asRead: read, for: new) }
    #expect(try names() == ["a.mov"])
  }

  @Test func whatIsNoFileIsNotReplaced() throws {
    try FileManager.default.createDirectory(
      atPath: folder.appending("out").string, withIntermediateDirectories: false)
    for overwrites in [false, true] {
      #expect(throws: FixError.unwritable(folder.appending("out"), "it is a folder")) {
        try NewFile.write(
          MemorySource([1]), to: folder.appending("out"), NewFile.Placement(overwrites: overwrites))
      }
    }
    #expect(try names() == ["out"])
  }
}
