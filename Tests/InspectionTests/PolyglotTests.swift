import SystemPackage
import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Files that are two things at once, and those that only look like it.
@Suite struct PolyglotTests {
  // MARK: - Behind the end

  /// A file of each kind that says where it ends.
  private static let ended = [
    "pictures/rgb.jpg", "pictures/rgb.png", "pictures/lossy.webp", "pictures/still.gif",
    "mp4/h264-baseline.mp4",
    "mp4/aac.m4a", "audio/mono.opus", "audio/no-index.mp3", "audio/lc.aac", "pdf/object-streams.pdf",
    "office/page.doc",
  ]

  @Test(arguments: ended)
  func tellsAnArchiveBehindTheEnd(_ name: String) throws {
    let bytes = try Fixture.bytes(name)
    let file = bytes + (try Fixture.bytes("office/plain.zip"))
    let inspection = try inspect(file)
    #expect(inspection.mediaType == (try inspect(bytes).mediaType))
    #expect(try hidden(in: file) == ["otherFormat: a ZIP archive"])
    #expect(inspection.trailingDataOffset == UInt64(bytes.count))
    #expect(inspection.trailingDataWords == "a ZIP archive")
    #expect(inspection.hidden.first?.offset == UInt64(bytes.count))
    // The remedy leaves what is to be sent.
    let result = try engine.check(MemorySource(file), named: FilePath("a b.bin"))
    let finding = try #require(result.findings.first { $0.code == .polyglotFile })
    #expect(finding.fix?.summary == "Remove the trailing bytes" && finding.fix?.action == .fix)
    #expect(try hidden(in: Array(file[..<bytes.count])) == [])
  }

  @Test(arguments: ended)
  func findsNothingInPlainFiles(_ name: String) throws {
    #expect(try inspect(fixture: name).hidden == [])
    #expect(try inspect(fixture: name).trailingDataWords == nil)
  }

  private static let windowsProgram: [UInt8] =
    Array("MZ".utf8) + [UInt8](repeating: 0, count: 58) + littleEndian(UInt32(64)) + Array("PE\0\0".utf8)

  @Test(
    arguments: [
      (Array("Rar!\u{1a}\u{7}\u{1}\0".utf8), "a RAR archive", ["otherFormat: a RAR archive"]),
      ([0, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "a 7z archive", ["otherFormat: a 7z archive"]),
      (windowsProgram, "a Windows program", ["program: a Windows program after its end"]),
      ([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], "a Linux program", ["program: a Linux program after its end"]),
      (Array("#!/bin/sh\n".utf8), "a shell script", ["program: a shell script after its end"]),
      (
        Array("<?php system(1);".utf8), "a PHP script, which runs on a server that includes the file",
        ["otherFormat: a PHP script, which runs on a server that includes the file"]
      ),
      (Array(" <html><p>".utf8), "an HTML page", []),
      (Array("%PDF-1.4 ".utf8), "a PDF document", []),
      ([0xff, 0xd8, 0xff, 0xe0], "a JPEG image", []),
      (Array("\0\0\0\u{18}ftypmp42".utf8), "the MP4 video of a motion photo", []),
      (Array("\0\0\0\u{18}ftypheic".utf8), "a HEIF image", []),
      (Array("A few words.\n".utf8), "text", []),
      (Array("\0\0\u{1}\u{a}\u{e}\0\0\0Image_UTC_Data1\0SEFT".utf8), "metadata of a Samsung phone", []),
      (
        Array("\0\0\u{1}\u{a}\u{e}\0\0\0MotionPhoto_Data\u{1}\0SEFT".utf8), "the MP4 video of a motion photo",
        []
      ),
      (
        Array("MZ and nothing of a program behind it, however long the words are, to their \u{1}".utf8), nil,
        []
      ),
      ([1, 2, 3, 4, 5], nil, []),
    ] as [([UInt8], String?, [String])])
  func saysWhatStandsBehindTheEnd(_ data: [UInt8], words: String?, found: [String]) throws {
    let file = try Fixture.bytes("pictures/rgb.jpg") + data
    #expect(try inspect(file).trailingDataWords == words)
    #expect(try hidden(in: file) == found)
  }

  @Test func whatIsThereByRightIsNoOtherFormat() throws {
    #expect(try inspect(fixture: "hidden/motion-photo.jpg").hidden == [])
    #expect(
      try inspect(fixture: "hidden/motion-photo.jpg").trailingDataWords == "the MP4 video of a motion photo")
    #expect(try inspect(fixture: "pictures/multi-picture.jpg").hidden == [])
    // An attachment that is stored as it is: an archive, though not one behind the document.
    let archive = String(decoding: try Fixture.bytes("office/plain.zip").map { $0 & 0x7f }, as: UTF8.self)
    let pdf = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj 2 0 obj<</Length \(archive.utf8.count)>>\nstream\n"
    let end = "\nendstream endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    #expect(try hidden(in: Array((pdf + archive + end).utf8)) == [])
  }

  // MARK: - An archive within

  /// An archive whose comment reaches over all that follows it, as in files that are made to be both.
  @Test func tellsAnArchiveWhoseCommentIsTheRestOfTheFile() throws {
    let text = String(decoding: try Fixture.bytes("pdf/reportlab.pdf").map { $0 & 0x7f }, as: UTF8.self)
    let index = try #require(text.firstRange(of: "\nxref\n")?.lowerBound)
    let rest = Array(text[index...].utf8)
    var builder = ZIPBuilder([.init("a.txt")])
    builder.comment = rest
    builder.prefix = Array(text[..<index].utf8) + Array("\n99 0 obj<</Length 100>>\nstream\n".utf8)
    #expect(try hidden(in: builder.bytes()) == ["otherFormat: a ZIP archive"])
    // One byte more, and the archive isn't the file's end: it may be an attachment.
    builder.suffix = [0x0a]
    #expect(try hidden(in: builder.bytes()) == [])
  }

  @Test func aDocumentMayHaveAnotherAttached() throws {
    let document = try Fixture.bytes("pdf/reportlab.pdf")
    let attached = Array("%PDF-1.4\n99 0 obj<</Type/EmbeddedFile>>\nstream\n".utf8) + document
    #expect(try hidden(in: attached) == [])
    #expect(try hidden(in: Array("GIF89a".utf8) + attached) != [])
  }

  @Test func tellsAnArchiveInAChunkOfAPicture() throws {
    var builder = ZIPBuilder([.init("a.txt")])
    let archive = builder.bytes()
    let picture = try Fixture.bytes("pictures/rgb.png")
    let chunk = Array("zIPc".utf8) + archive
    let end = picture.count - 12
    let file =
      Array(picture[..<end]) + bigEndian(UInt32(archive.count)) + chunk + bigEndian(crc32(chunk))
      + Array(picture[end...])
    #expect(try inspect(file).faults == [])
    #expect(try hidden(in: file) == ["otherFormat: a ZIP archive"])
    // The directory's signature alone is none.
    #expect(try hidden(in: picture + Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 18)) == [])
  }

  // MARK: - At the start

  @Test(
    arguments: [
      ("<html><body>", ["otherFormat: an HTML page"]),
      ("\n<!DOCTYPE html><title>", ["otherFormat: an HTML page"]),
      ("--><ScRiPt src=//example.com></sCript>", ["otherFormat: an HTML page with a script"]),
      ("<?php phpinfo(); ?>", ["otherFormat: a PHP script, which runs on a server that includes the file"]),
      (
        "<?PHP\neval($_GET[0]);", ["otherFormat: a PHP script, which runs on a server that includes the file"]
      ),
      ("How to write <html> and <body> and <script> in a page", []),
      ("<3 <htmlx> <heading>", []),
      ("<?xml version='1.0'?><script", []),
      ("<?phpx", []),
      ("CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90", []),
    ] as [(String, [String])])
  func tellsPagesInComments(_ comment: String, found: [String]) throws {
    let picture = try Fixture.bytes("pictures/rgb.jpg")
    let segment = [0xff, 0xfe] + bigEndian(UInt16(comment.utf8.count + 2)) + Array(comment.utf8)
    let file = Array(picture[..<2]) + segment + Array(picture[2...])
    #expect(try inspect(file).faults == [])
    #expect(try hidden(in: file) == found)
  }

  @Test(
    arguments: [
      ("Comment\0How to write <html> and <script> in a page", []),
      ("Comment\0<html>", []),
      ("Comment\0<script>alert(1)</script>", ["otherFormat: an HTML page with a script"]),
      (
        "Comment\0<?php echo 1;", ["otherFormat: a PHP script, which runs on a server that includes the file"]
      ),
    ] as [(String, [String])])
  func tellsScriptsInChunks(_ text: String, found: [String]) throws {
    let picture = try Fixture.bytes("pictures/rgb.png")
    let chunk = Array("tEXt".utf8) + Array(text.utf8)
    let file =
      Array(picture[..<33]) + bigEndian(UInt32(chunk.count - 4)) + chunk + bigEndian(crc32(chunk))
      + Array(picture[33...])
    #expect(try inspect(file).faults == [])
    #expect(try hidden(in: file) == found)
  }

  /// The length of the first segment reads `/*`, and a comment ends the comment.
  @Test func tellsAPictureThatIsAScript() throws {
    let picture = try Fixture.bytes("pictures/rgb.jpg")
    let filler = [UInt8](repeating: 0x20, count: 0x2f2a - 16)
    let head =
      [0xff, 0xd8, 0xff, 0xe0, 0x2f, 0x2a] + Array("JFIF\0\u{1}\u{1}\0\0\u{1}\0\u{1}\0\0".utf8) + filler
    func file(_ comment: String) -> [UInt8] {
      head + [0xff, 0xfe] + bigEndian(UInt16(comment.utf8.count + 2)) + Array(comment.utf8)
        + Array(picture[20...])
    }
    #expect(try inspect(file("a")).faults == [])
    #expect(
      try hidden(in: file("*/=alert(1);/*")) == [
        "otherFormat: a script that treats the image as a comment"
      ])
    #expect(try hidden(in: file("a */ b")) == [])
  }

  @Test func tellsADocumentInAPicture() throws {
    let document = try Fixture.bytes("pdf/reportlab.pdf")
    let picture = try Fixture.bytes("pictures/rgb.jpg")
    let segment = [0xff, 0xfe] + bigEndian(UInt16(document.count + 2)) + document
    let file = Array(picture[..<2]) + segment + Array(picture[2...])
    #expect(try inspect(file).mediaType == "image/jpeg")
    #expect(try hidden(in: file) == ["otherFormat: a PDF document"])
    // The word alone is none.
    let words = Array("made from a %PDF-1.4 document".utf8)
    let mention = [0xff, 0xfe] + bigEndian(UInt16(words.count + 2)) + words
    #expect(try hidden(in: Array(picture[..<2]) + mention + Array(picture[2...])) == [])
  }

  @Test(arguments: [
    ("#!/bin/sh\nexit\n", "a shell script"), ("<html><script>alert(1)</script>\n", "an HTML page"),
    ("<?php echo 1; ?>\n", "a PHP script, which runs on a server that includes the file"),
  ])
  func tellsWhatStandsBeforeADocument(_ start: String, words: String) throws {
    let pdf = Array(start.utf8) + (try Fixture.bytes("pdf/reportlab.pdf"))
    #expect(try inspect(pdf).mediaType == "application/pdf")
    #expect(try hidden(in: pdf) == ["otherFormat: \(words)"])
    let docx = Array(start.utf8) + (try Fixture.bytes("office/page.docx"))
    #expect(try hidden(in: docx) == ["otherFormat: \(words)"])
  }

  @Test func leavesHarmlessTextBeforeADocument() throws {
    for start in ["\n\n", "HTTP/1.1 200 OK\r\n\r\n", "\u{feff}"] {
      #expect(try hidden(in: Array(start.utf8) + Fixture.bytes("pdf/reportlab.pdf")) == [])
    }
  }

  @Test func tellsASoundBeforeADocument() throws {
    let tag = Array("ID3\u{3}\0\0\0\0\0\u{a}".utf8) + [UInt8](repeating: 0, count: 10)
    let file = tag + (try Fixture.bytes("pdf/reportlab.pdf"))
    #expect(try hidden(in: file) == ["otherFormat: MPEG audio"])
  }

  @Test func tellsContainersAnywhereInAFile() throws {
    let picture = try Fixture.bytes("pictures/rgb.jpg")
    // A comment of 40,000 bytes right behind the start of the picture.
    func file(_ word: String, at offset: Int) -> [UInt8] {
      var comment = [UInt8](repeating: 0x20, count: 40_000)
      comment.replaceSubrange(offset - 6..<offset - 6 + word.utf8.count, with: Array(word.utf8))
      return Array(picture[..<2]) + [0xff, 0xfe] + bigEndian(UInt16(comment.count + 2)) + comment
        + Array(picture[2...])
    }
    #expect(try hidden(in: file("ustar\0", at: 257)) == ["otherFormat: a tar archive"])
    #expect(try hidden(in: file("ustar\0", at: 258)) == [])
    #expect(
      try hidden(in: file("\u{1}CD001\u{1}", at: 32768)) == ["otherFormat: a disk image (ISO 9660)"])
    #expect(try hidden(in: file("\u{1}CD001\u{1}", at: 32769)) == [])
  }

  @Test func leavesTexts() throws {
    let text = "A page may have <html> and <script>a</script>, and %PDF-1.4 begins a document.\n1 0 obj\n"
    #expect(try hidden(in: Array(text.utf8)) == [])
  }

  // MARK: - Findings

  @Test func aPolicyMakesThemErrors() throws {
    let policy = try Policy(
      parsing: """
        name = "strict"
        extends = "waconnect"
        [severities]
        polyglot-file = "error"
        active-content = "error"
        embedded-program = "off"
        """, name: "strict.toml")
    let strict = Preflight(policy: policy)
    func check(_ name: String, _ engine: Preflight) throws -> (Verdict?, [FindingCode]) {
      let result = try engine.check(MemorySource(Fixture.bytes(name)))
      return (result.verdict, result.findings.map(\.code).filter { $0 != .trailingData })
    }
    for name in ["picture-and-archive.jpg", "picture-and-page.jpg", "document-and-archive.pdf"] {
      #expect(try check("hidden/\(name)", engine) == (.accepted, [.polyglotFile]))
      #expect(try check("hidden/\(name)", strict) == (.rejected, [.polyglotFile]))
    }
    for name in ["javascript.pdf", "launch.pdf"] {
      #expect(try check("hidden/\(name)", engine) == (.accepted, [.activeContent]))
      #expect(try check("hidden/\(name)", strict) == (.rejected, [.activeContent]))
    }
    #expect(try check("hidden/attached-program.pdf", engine) == (.accepted, [.embeddedProgram]))
    #expect(try check("hidden/attached-program.pdf", strict) == (.accepted, []))
  }

  @Test func inspectTellsThemToo() throws {
    let path = FilePath(Fixture.folder + "hidden/picture-and-page.jpg")
    let result = try engine.inspect({ try FileSource(path: path) }, as: .file(path))
    #expect(result.shownVerdict == nil)
    #expect(result.findings.map(\.code) == [.polyglotFile])
    #expect(
      result.findings.first?.message
        == "The file is both a JPEG image and an HTML page with a script.")
    #expect(result.findings.first?.offset == 174)
  }

  @Test func survivesCutsAndFlips() throws {
    for name in ["picture-and-archive.jpg", "picture-and-page.jpg", "document-and-archive.pdf"] {
      let bytes = try Fixture.bytes("hidden/\(name)")
      expectSurvivesCuts(bytes)
      for index in bytes.count - 280..<bytes.count {
        var flipped = bytes
        flipped[index] ^= 0xff
        #expect(throws: Never.self) { try inspect(flipped) }
      }
    }
  }
}
