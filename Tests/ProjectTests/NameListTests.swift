import SystemPackage
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@testable import PreflightProject

@Suite struct NameListTests {
  private func names(
    _ first: [String] = [], list: String, _ separator: NameList.List.Separator = .line
  ) throws -> [String] {
    let list = NameList(
      first.map { Reference($0) }, list: MemorySource(Array(list.utf8)), separator: separator)
    var names = list.makeIterator()
    var all: [String] = []
    while let name = try names.next() { all.append(name.display) }
    return all
  }

  @Test func separators() throws {
    #expect(try names(["a"], list: "b\r\n\nc d\n") == ["a", "b", "c d"])
    #expect(try names(list: "b\nlast without an end") == ["b", "last without an end"])
    #expect(try names(list: "b\r\u{0}\u{0}c\n\u{0}-", .nul).count == 3)
    #expect(try names(list: "") == [])
  }

  /// Windows writes a byte order mark before the first line. Anywhere else it is part of a name.
  @Test func byteOrderMark() throws {
    #expect(try names(["\u{feff}x"], list: "\u{feff}a\n\u{feff}b") == ["\u{feff}x", "a", "\u{feff}b"])
    #expect(try names(list: "\u{feff}\n\u{feff}a") == ["\u{feff}a"])
    #expect(
      try names(list: "\u{feff}https://example.com/a.jpg\r\n b") == ["https://example.com/a.jpg", " b"])
    #expect(try names(list: "\u{feff}\u{feff}a") == ["\u{feff}a"])
    #expect(try names(list: "\u{feff}") == [])
    #expect(try names(list: "\u{feff}a\u{0}b", .nul) == ["\u{feff}a", "b"])
    let url = NameList([], list: MemorySource(Array("\u{feff}https://example.com/a.jpg".utf8)))
    #expect(url.leadsOverTheNetwork)
  }

  /// What has to be fetched stays as it was written.
  @Test func urlsAndMediaIDs() throws {
    let list = "https://example.com//a.jpg?b#c\nHTTP://x\nmedia-id:1\nmedia-id:x\nhttps:/a\n"
    #expect(
      try names(["http://a//b"], list: list)
        == [
          "http://a//b", "https://example.com//a.jpg?b#c", "HTTP://x", "media-id:1", "media-id:x", "https:/a",
        ])
    for (text, expected) in [("a\nhttp://x", true), ("a\nmedia-id:1", true), ("a\nhttp:/x", false)] {
      #expect(NameList([], list: MemorySource(Array(text.utf8))).leadsOverTheNetwork == expected)
    }
  }

  @Test func listLargerThanOneChunk() throws {
    // Names of every length, so that chunks end before, in and after a name and its separator.
    let all = (0..<2_000).map { "name-\($0)-" + String(repeating: "x", count: $0 % 150) }
    #expect(try names(list: all.joined(separator: "\r\n")) == all)
    #expect(try names(list: all.joined(separator: "\u{0}") + "\u{0}", .nul) == all)
  }

  @Test func longLineIsTruncated() throws {
    let long = String(repeating: "x", count: 300_000)
    #expect(try names(list: long + "\nb").map(\.utf8.count) == [1 << 16, 1])
  }
}
