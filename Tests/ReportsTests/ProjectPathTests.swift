import SystemPackage
import MediaPreflight
import Testing

@testable import PreflightReports

@Suite struct ProjectPathTests {
  @Test(
    arguments: [
      // Below the project's folder, with any working folder.
      ("a.png", "/p/q", "/p", "q/a.png", "q/a.png"), ("./b/../a.png", "/p", "/p", "a.png", "a.png"),
      ("../a.png", "/p/q", "/p", "a.png", "a.png"), ("/p/a b.png", "/x", "/p", "a b.png", "a%20b.png"),
      ("a/b", "/", "/", "a/b", "a/b"),
      // The folder itself, and paths outside it.
      (".", "/p", "/p", "/p", "file:///p"), ("..", "/p", "/p", "/", "file:///"),
      ("/pq/a", "/p", "/p", "/pq/a", "file:///pq/a"), ("../../../a", "/p", "/p", "/a", "file:///a"),
      // Without a project or working folder.
      ("./a/../b:c", nil, nil, "b:c", "b%3Ac"), ("../../a", nil, nil, "../../a", "../../a"),
      ("/a/./b", nil, nil, "/a/b", "file:///a/b"),
    ] as [(FilePath, FilePath?, FilePath?, FilePath, String)])
  func pathAndURI(name: FilePath, folder: FilePath?, root: FilePath?, expected: FilePath, uri: String) {
    let path = ProjectPath(name, ReportContext(policy: nil, version: "", root: root, folder: folder))
    #expect(path.bytes == expected.bytes)
    #expect(path.uri == uri)
    #expect(path.isRelative == !uri.hasPrefix("file:"))
  }

  @Test func folderURI() {
    #expect(ProjectPath.uri(ofFolder: "/p/a b") == "file:///p/a%20b/")
    #expect(ProjectPath.uri(ofFolder: "/") == "file:///")
  }

  /// A URL is where it is, whatever the project's folder.
  @Test(
    arguments: [
      ("https://example.com//a.jpg?x=1&y=%20", "https://example.com//a.jpg?x=1&y=%20"),
      ("http://example.com/a b\u{e9}", "http://example.com/a%20b%C3%A9"),
    ])
  func url(text: String, uri: String) {
    let path = ProjectPath(
      Reference(text), ReportContext(policy: nil, version: "", root: "/p", folder: "/p"))
    #expect(path.text == text)
    #expect(path.uri == uri)
    #expect(!path.isRelative)
  }

  @Test func invalidUTF8() {
    let path = ProjectPath(
      FilePath([0x61, 0x2f, 0xff]), ReportContext(policy: nil, version: "", root: "/p"))
    #expect(path.uri == "a/%FF")
    #expect(path.text == #"a/\xff"#)
  }
}
