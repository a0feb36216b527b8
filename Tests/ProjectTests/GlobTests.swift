import SystemPackage
import PreflightProject
@testable import PreflightTestSupport
import Testing

/// Globs as specified in gitignore(5). `GitIgnoreTests` compares them with Git.
@Suite struct GlobTests {
  @Test(arguments: [
    ("a.png", "a.png", true), ("a.png", "a.pngx", false), ("a.png", "xa.png", false),
    ("*.png", ".png", true), ("*.png", "a/b.png", false), ("*", "a", true), ("*", "a/b", false),
    ("?", "a", true), ("?", "ab", false), ("?", "/", false), ("a?c", "a/c", false),
    ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[!a-c]x", "dx", true), ("[^a-c]x", "ax", false),
    ("[]x]", "]", true), ("[!]x]", "]", false), ("[a-]", "-", true), ("[-a]", "-", true),
    ("[\\]]", "]", true), ("[\\a-\\c]", "b", true), ("[c-a]", "b", false), ("[[]", "[", true),
    ("[[:digit:]]", "7", true), ("[[:digit:]]", "x", false), ("[[:alpha:]_]", "_", true),
    ("[[:upper:]]", "A", true), ("[[:upper:]]", "a", false), ("[a[:]", ":", true),
    ("a[/]b", "a/b", false), ("[!a]b", "/b", false), ("\\*", "*", true), ("\\*", "a", false),
    ("**/a", "a", true), ("**/a", "x/y/a", true), ("**/a", "x/ya", false),
    ("a/**", "a", false), ("a/**", "a/b", true), ("a/**", "a/b/c", true), ("a/**", "ab/c", false),
    ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "ax/b", false),
    ("**/a/**/b/**", "x/a/y/b/z", true), ("**/a/**/b/**", "x/a/y/b", false),
    ("a/*/b", "a/x/b", true), ("a/*/b", "a/x/y/b", false), ("a**b", "axxb", true), ("a**b", "a/b", false),
    ("a//b", "a/b", false), ("**", "a/b", true), ("***/a", "x/a", true),
  ])
  func matches(pattern: String, path: String, isMatch: Bool) throws {
    #expect(try Glob(Array(pattern.utf8)[...]).matches(Array(path.utf8)[...]) == isMatch)
  }

  @Test(arguments: ["a[", "[a", "[", "[!", "[]", "[a-", "[[:alpha:]", "[[:nothing:]]", "a\\", "[\\"])
  func rejectsInvalidPatterns(pattern: String) {
    #expect(throws: Glob.Broken.self) { try Glob(Array(pattern.utf8)[...]) }
  }

  @Test func matchesInvalidUTF8() throws {
    let name: [UInt8] = [0x6e, 0xff, 0x2e, 0x70]
    #expect(try Glob([0x6e, 0xff, 0x2e, 0x2a]).matches(name[...]))
    #expect(try Glob(Array("n?.p".utf8)[...]).matches(name[...]))
  }

  /// A matcher that backtracks to every star takes exponential time and would never finish this test.
  @Test func matchingIsNotExponential() throws {
    let stars = Array(String(repeating: "a*", count: 100).utf8)
    let long = [UInt8](repeating: UInt8(ascii: "a"), count: 4000)
    #expect(try !Glob((stars + Array("b".utf8))[...]).matches(long[...]))
    #expect(try Glob((stars + Array("b".utf8))[...]).matches((long + Array("b".utf8))[...]))
    let folders = Array(String(repeating: "**/a*/", count: 100).utf8)
    let deep = Array(String(repeating: "a/", count: 2000).utf8)
    #expect(try !Glob((folders + Array("b".utf8))[...]).matches((deep + Array("a".utf8))[...]))
    #expect(try Glob((folders + Array("b".utf8))[...]).matches((deep + Array("b".utf8))[...]))
  }

  @Test func listIsParsedAsInGit() {
    let text = "\u{feff}# comment\r\n\\#a \n!b\\ \t \n\n  \nc   \n/\n!\na[\n"
    let list = IgnoreList(parsing: Array(text.utf8), source: "list", folder: FilePath("/r"))
    #expect(list.patterns.map { String(decoding: $0.text, as: UTF8.self) } == ["\\#a", "!b\\ \t", "c"])
    #expect(list.patterns.map(\.line) == [2, 3, 6])
    #expect(list.patterns.map(\.isNegated) == [false, true, false])
  }
}
