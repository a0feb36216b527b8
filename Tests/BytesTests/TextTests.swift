import Foundation
import PreflightBytes
@testable import PreflightTestSupport
import SystemPackage
import Testing

@Suite struct FilePathTextTests {
  private static func path(_ text: String) -> FilePath { FilePath(Array(text.utf8)) }

  @Test func isItsBytes() {
    for byte: UInt8 in 1...255 where byte != UInt8(ascii: "/") {
      let bytes = [byte, 0x61, byte]
      let path = FilePath(bytes)
      #expect(path.bytes == bytes)
      #expect(path.text == String(validating: bytes, as: UTF8.self))
    }
    #expect(FilePath([UInt8]()).bytes == [] && FilePath([UInt8]()) == FilePath())
    // What stands for the same place is the same path.
    #expect(Self.path("/a//b/").bytes == Array("/a/b".utf8))
    #expect(Self.path("//").bytes == Array("/".utf8))
    #expect(Self.path("./a/../b").bytes == Array("./a/../b".utf8))
  }

  @Test func hasNoNUL() async {
    await #expect(processExitsWith: .failure) { _ = FilePath([0x61, 0, 0x62]) }
    await #expect(processExitsWith: .failure) { _ = FilePath([0]) }
  }

  @Test func isShownToPeople() {
    #expect(Self.path("a b/é.jpg").display == "a b/é.jpg")
    #expect(FilePath([0x61, 0xff, 0x0a, 0x62]).display == #"a\xff\x0ab"#)
  }

  @Test func hasAnExtension() {
    let extensions: [(name: String, own: String?)] = [
      ("a.jpg", "jpg"), ("a.JPG", "jpg"), ("a.b.Mp4", "mp4"), ("dir.x/a", nil), ("a", nil), (".jpg", nil),
      ("a.", nil), ("..", nil), (".", nil), ("/", nil), ("", nil), ("a/.b.png", "png"), ("a.ÄÖ", "äö"),
      ("a.jpg/", "jpg"),
    ]
    for (name, own) in extensions { #expect(Self.path(name).lowercasedExtension == own, "\(name)") }
    #expect(FilePath([0xff, 0x2e, 0x50, 0x4e, 0x47]).lowercasedExtension == "png")
    #expect(FilePath([0x61, 0x2e, 0xff]).lowercasedExtension != nil)
  }

  @Test func getsAnotherExtension() {
    let renamed: [(name: String, new: String?, result: String)] = [
      ("a.png", "jpg", "a.jpg"), ("dir.x/a.b.png", "jpg", "dir.x/a.b.jpg"), ("a", "jpg", "a.jpg"),
      (".hidden", "jpg", ".hidden.jpg"), ("a.", "jpg", "a.jpg"), ("/a.png", "jpg", "/a.jpg"),
      ("-a.png", "jpg", "-a.jpg"),
      // It would be the same file, on some systems at least.
      ("a.jpg", "jpg", "a-fixed.jpg"), ("a.JPG", "jpg", "a-fixed.jpg"), ("a.Jpg", "jpg", "a-fixed.jpg"),
      // None in particular: its own.
      ("a.png", nil, "a-fixed.png"), ("a.PNG", nil, "a-fixed.PNG"), ("a", nil, "a-fixed"),
      ("a.", nil, "a-fixed."), (".hidden", nil, ".hidden-fixed"), ("a-fixed.jpg", "jpg", "a-fixed-fixed.jpg"),
    ]
    for (name, new, result) in renamed {
      #expect(Self.path(name).replacingExtension(with: new).bytes == Array(result.utf8), "\(name)")
    }
    // Whatever the bytes are, they stay.
    let stem: [UInt8] = [0xff, 0x20, 0x2e, 0xc3]
    for own: [UInt8] in [[0x70], [0xff, 0xfe], [0xc3, 0x84]] {
      let path = FilePath(stem + [0x2e] + own)
      #expect(path.replacingExtension(with: "jpg").bytes == stem + Array(".jpg".utf8))
      #expect(path.replacingExtension(with: nil).bytes == stem + Array("-fixed.".utf8) + own)
    }
    #expect(
      FilePath(stem + Array(".JPG".utf8)).replacingExtension(with: "jpg").bytes
        == stem + Array("-fixed.jpg".utf8))
  }

  /// A file system takes names of 255 bytes.
  @Test func aLongNameIsCut() {
    func name(_ path: FilePath) -> [UInt8] { path.lastComponent.map { Array("\($0)".utf8) } ?? [] }
    let folder = String(repeating: "folder/", count: 100)
    for length in [243, 244, 245, 246, 251] {
      let stem = String(repeating: "n", count: length)
      let path = Self.path(folder + stem + ".wav")
      let fixed = Self.path(folder + stem).ending(in: Array("-fixed.opus".utf8))
      #expect(name(fixed) == Array((stem.prefix(244) + "-fixed.opus").utf8))
      #expect(fixed.removingLastComponent() == path.removingLastComponent())
      #expect(name(path.replacingExtension(with: "webp")) == Array((stem.prefix(250) + ".webp").utf8))
    }
    // Between characters of one to four bytes.
    for character in ["a", "ä", "字", "🎧"] {
      for start in 0..<4 {
        let stem =
          String(repeating: "a", count: start)
          + String(repeating: character, count: 248 / character.utf8.count)
        let cut = name(Self.path(stem).ending(in: Array("-fixed.ogg".utf8)))
        #expect((252...255).contains(cut.count))
        #expect(String(validating: cut, as: UTF8.self).map { stem.hasPrefix($0.dropLast(10)) } == true)
      }
    }
    // Bytes that aren't text have an end too.
    let bytes = FilePath([UInt8](repeating: 0x80, count: 255)).ending(in: Array(".ogg".utf8)).bytes
    #expect((240...255).contains(bytes.count) && bytes.last == UInt8(ascii: "g"))
  }

  @Test func isNoOption() {
    #expect(Self.path("-rf").shellQuoted == "./-rf")
    #expect(Self.path("- a").shellQuoted == "'./- a'")
    #expect(FilePath([0x2d, 0xff]).shellQuoted == #"$'./-\377'"#)
    #expect(Self.path("a-b").shellQuoted == "a-b")
    #expect(Self.path("./-rf").shellQuoted == "./-rf")
    #expect(Self.path("/-rf").shellQuoted == "/-rf")
    #expect(FilePath().shellQuoted == "''")
  }
}

@Suite struct EscapedTextTests {
  @Test func staysAsItIs() {
    for text in [
      "", "a", "a b", "é", "日本", "👩‍👩‍👧", #"C:\a\b"#, #"\x"#, #"\x4"#, #"\xAB"#, #"\xg0"#, "\u{fffd}",
      "\u{1fffe}",
    ] {
      #expect(EscapedText.of(Array(text.utf8)) == text)
    }
  }

  @Test func bytesAndControlCharacters() {
    #expect(EscapedText.of([0]) == #"\x00"#)
    #expect(EscapedText.of([0xff]) == #"\xff"#)
    #expect(EscapedText.of(Array("é\n\u{9f}\u{202e}".utf8)) == #"é\x0a\xc2\x9f\xe2\x80\xae"#)
    // Cut, overlong, a surrogate, beyond the last.
    #expect(EscapedText.of([0xe6, 0x97]) == #"\xe6\x97"#)
    #expect(EscapedText.of([0x61, 0xe6, 0x97, 0x61]) == #"a\xe6\x97a"#)
    #expect(EscapedText.of([0xc0, 0xaf]) == #"\xc0\xaf"#)
    #expect(EscapedText.of([0xed, 0xa0, 0x80]) == #"\xed\xa0\x80"#)
    #expect(EscapedText.of([0xf4, 0x90, 0x80, 0x80]) == #"\xf4\x90\x80\x80"#)
    #expect(EscapedText.of([0xff] + Array("👩‍👩‍👧é".utf8)) == #"\xff👩‍👩‍👧é"#)
  }

  @Test func marksThatStandInTheText() {
    #expect(EscapedText.of(Array(#"\x41"#.utf8)) == #"\x5cx41"#)
    #expect(EscapedText.of(Array(#"a\b\xff"#.utf8)) == #"a\x5cb\x5cxff"#)
    #expect(EscapedText.of(Array(#"a\b"#.utf8) + [0xff]) == #"a\x5cb\xff"#)
  }

  /// No two byte strings show alike: all of two bytes, and all of five from an alphabet of what marks are made of.
  @Test func isUnambiguous() {
    let alphabet: [UInt8] = [0x5c, 0x78, 0x35, 0x63, 0xff, 0x0a, 0xc2, 0x85]
    var longest: [[UInt8]] = [[]]
    var strings: Set<[UInt8]> = [[]]
    for _ in 0..<5 {
      longest = longest.flatMap { start in alphabet.map { start + [$0] } }
      strings.formUnion(longest)
    }
    for first: UInt8 in 0...255 {
      for second: UInt8 in 0...255 { strings.insert([first, second]) }
    }
    #expect(Set(strings.map { Array(EscapedText.of($0).utf8) }).count == strings.count)
  }

  @Test func controlCharacters() {
    let turning: [Unicode.Scalar] = [
      "\u{61c}", "\u{200e}", "\u{200f}", "\u{202a}", "\u{202b}", "\u{202c}", "\u{202d}", "\u{202e}",
      "\u{2066}",
      "\u{2067}", "\u{2068}", "\u{2069}",
    ]
    for value: UInt32 in 0...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isControl =
        [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        || turning.contains(scalar) || value == 0xfffe || value == 0xffff
      if EscapedText.isControl(scalar) != isControl { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test func lowerCaseOfASCII() {
    for byte: UInt8 in 0...255 {
      let lower = byte < 0x80 ? Array(String(Unicode.Scalar(byte)).lowercased().utf8)[0] : byte
      #expect(byte.asciiLowercased == lower)
    }
  }
}

@Suite struct ShellWordTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// What a shell makes of words.
  private func printed(_ words: [String], by shell: String) throws -> [[UInt8]] {
    // In a file, as a command line has a limit; and each between two lines, as the text may end with one.
    let script = words.map { "printf '%s\\0' \($0)\n" }.joined()
    try Data(script.utf8).write(to: URL(filePath: folder.path + "/script"))
    let printed = try folder.run([shell, "script"])
    return printed.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { Array($0) }
  }

  /// Expects that a shell makes of each word the bytes that it was quoted from: of one with a control character,
  /// or that isn't UTF-8, one that knows `$'…'`.
  private func expectRead(_ texts: [[UInt8]]) throws {
    let isPlain = { (text: [UInt8]) in !ShellWord.quoted(text).hasPrefix("$") }
    for (shell, texts) in [("/bin/sh", texts.filter(isPlain)), ("bash", texts)] {
      let printed = try printed(texts.map { ShellWord.quoted($0) }, by: shell)
      try #require(printed.count == texts.count)
      for (text, printed) in zip(texts, printed) where text != printed {
        Issue.record("\(shell) makes \(printed) of \(ShellWord.quoted(text)), which is \(text)")
      }
    }
  }

  @Test func isOnlyQuotedWhereItMust() {
    let quoted: [(text: String, word: String)] = [
      ("a.jpg", "a.jpg"), ("/a/B_c-9+,@%:", "/a/B_c-9+,@%:"), ("", "''"), ("a b", "'a b'"), ("é", "'é'"),
      ("a=b", "a=b"), ("~", "'~'"), ("it's", #"'it'\''s'"#), ("'", #"''\'''"#), ("a\nb", #"$'a\012b'"#),
      ("\u{202e}", #"$'\342\200\256'"#),
    ]
    for (text, word) in quoted { #expect(ShellWord.quoted(text) == word) }
    #expect(ShellWord.quoted([0xff, 0x61]) == #"$'\377a'"#)
  }

  /// A mark that combines with a quote, and what joins with it otherwise, leave it a quote for the shell.
  @Test func quotesThatArePartOfACharacter() {
    for joined in ["\u{301}", "\u{200d}", "\u{fe0f}", "\u{1f3fd}"] {
      #expect(
        Array(ShellWord.quoted("a'\(joined);id;'\(joined)").utf8)
          == Array(#"'a'\''"#.utf8) + Array("\(joined);id;".utf8) + Array(#"'\''"#.utf8)
          + Array("\(joined)'".utf8))
    }
  }

  @Test func everyByte() throws {
    let all: ClosedRange<UInt8> = 1...255
    // Before a digit, too, which must not become part of it.
    try expectRead(
      all.map { [$0] } + all.map { [$0, 0x62] } + all.map { [0x61, $0, 0x37] } + [Array(all), []])
  }

  @Test func everyThreeOfWhatMeansSomething() throws {
    let alphabet = [
      "'", "\"", "\\", "$", "`", "!", "\n", "\r", " ", "-", "a", "1", "*", "~", "(", ";", "#", "é", "\u{301}",
      "\u{200d}",
    ]
    var texts: [String] = []
    for first in alphabet {
      for second in alphabet { for third in alphabet { texts.append(first + second + third) } }
    }
    try expectRead(texts.map { Array($0.utf8) })
  }

  @Test func pathsAsTheyAre() throws {
    let names = ["-n", "--", "-e a", "a b", "$(id)", "'\u{301};id;'\u{301}", "a\nb", "..", "~"].map {
      Array($0.utf8)
    }
    let paths = (names + [[0x2d, 0xff], [0xff, 0x2d]]).map { FilePath($0) }
    let printed = try printed(paths.map(\.shellQuoted), by: "bash")
    for (path, printed) in zip(paths, printed) {
      #expect(printed == (path.bytes.first == 0x2d ? Array("./".utf8) : []) + path.bytes)
    }
    #expect(printed.count == paths.count)
  }
}
