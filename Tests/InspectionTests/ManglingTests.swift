import Foundation
import MediaPreflight
import SystemPackage
import Testing

@testable import PreflightTestSupport

/// What faulty programs and transfers make of files, under the name of a binary format.
@Suite struct ManglingTests {
  private static let document = Result { try Fixture.bytes("pdf/reportlab.pdf") }

  /// The findings for a text under the name of a document.
  private func check(_ text: String, named name: String = "invoice.pdf") throws -> CheckResult {
    try engine.check(MemorySource(Array(text.utf8)), named: FilePath(name))
  }

  private func expectMangled(
    _ bytes: [UInt8], named name: String = "invoice.pdf", _ words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try engine.check(MemorySource(bytes), named: FilePath(name))
    let finding = result.findings.first { $0.code == .mangledFile }
    #expect(finding?.actual?.contains(words) == true, "\(result.findings)", sourceLocation: sourceLocation)
    #expect(result.verdict == .rejected, sourceLocation: sourceLocation)
    // Another name doesn't help.
    #expect(!result.findings.contains { $0.code == .extensionMismatch }, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    "undefined", "null\n", "None", "[object Object]", "[object Blob]", "[object ArrayBuffer]",
    "\"undefined\"",
    "[B@1b6d3586", "com.example.Upload@6d06d69c", "<_io.BytesIO object at 0x7f3c1c0b4a90>", "System.Byte[]",
    "<Response [404]>", "Resource id #3", "#<StringIO:0x000055d0>", "Promise { <pending> }", "NaN",
  ])
  func valuesInPlaceOfTheBytes(_ text: String) throws {
    try expectMangled(Array(text.utf8), "in place of the bytes")
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a Git LFS pointer"),
    ("data:application/pdf;base64,JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmo=", "a data URL of a PDF document"),
    ("HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n", "an HTTP message"),
    ("--boundary\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n", "a part of a form"),
    (
      "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBE",
      "a part of a form or of a mail"
    ),
    (
      "{\"type\":\"Buffer\",\"data\":[37,80,68,70,45,49,46,52,10]}",
      "a list of numbers: the bytes of a PDF document"
    ),
    ("<Buffer 25 50 44 46 2d 31 2e 34 0a 25 e2 e3 cf d3 ... 300 more bytes>", "the bytes of a PDF document"),
    ("{\"0\":37,\"1\":80,\"2\":68,\"3\":70}", "a list of numbers"),
    ("37,80,68,70,45,49,46,52,10,37,226,227,207,211", "the bytes of a PDF document"),
    ("[37, 80, 68, 70, 45, 49, 46, 52, 10, 37, 226, 227, 207, 211]", "the bytes of a PDF document"),
    ("Uint8Array(14) [ 37, 80, 68, 70, 45, 49, 46, 52, 10 ]", "the bytes of a PDF document"),
    ("b'%PDF-1.4\\n%\\xe2\\xe3\\xcf\\xd3\\n'", "a literal of bytes"),
    ("\\x255044462d312e340a25", "hexadecimal text of a PDF document"),
    ("255044462d312e340a25e2e3cfd30a312030206f626a", "hexadecimal text of a PDF document"),
    ("b'%PDF-1.4\\n1 0 obj\\n<<>>\\nendobj'", "a literal of bytes"),
    ("\"%PDF-1.4\\r\\n1 0 obj\\n<<>>\\nendobj\"", "a literal of a PDF document"),
    ("{\"file\": \"%PDF-1.7\\n1 0 obj\\n<<>>\\nendobj\"}", "a literal of a PDF document"),
    (
      "00000000  25 50 44 46 2d 31 2e 34  0a 31 20 30 20 6f 62 6a  |%PDF-1.4.1 0 obj|\n",
      "hexadecimal text of a PDF document"
    ),
    (
      "\n\n           00 01 02 03 04 05 06 07\n\n00000000   25 50 44 46 2D 31 2E 37  ........\n",
      "hexadecimal text of a PDF document"
    ),
    (
      "\nStatusCode        : 200\nStatusDescription : OK\nContent           : {37, 80, 68, 70...}\n",
      "what PowerShell shows of a response"
    ),
    (" ", "white space alone"), ("\r\n", "white space alone"), ("\u{feff}", "a byte order mark alone"),
    ("\u{feff}\n", "white space alone"),
    ("25 50 44 46 2D 31 2E 34 0A 25 E2 E3 CF D3 0A 31 20", "hexadecimal text of a PDF document"),
    ("00000000: 2550 4446 2d31 2e34 0a25 e2e3 cfd3 0a31  %PDF-1.4", "hexadecimal text of a PDF document"),
    ("%25PDF-1.4%0A%25%E2%E3%CF%D3%0A", "percent-encoded text of a PDF document"),
    ("begin 644 invoice.pdf\nM)5!$1BTQ+C0*\n`\nend\n", "uuencoded text"),
    ("{\"error\":{\"code\":404,\"message\":\"not found\"}}", "a JSON document"),
    ("<!DOCTYPE html><html><head><title>Sign in</title></head></html>", "an HTML page"),
    ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "an error message in XML"),
    ("<br />\n<b>Warning</b>:  Undefined variable", "an error message"),
    ("Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'a'\n", "an error message"),
    ("Not Found", "an error message"), ("Access denied to this file", "a line of text"),
  ])
  func textsInPlaceOfTheBytes(_ text: String, _ words: String) throws {
    try expectMangled(Array(text.utf8), words)
  }

  @Test(arguments: ["", "\n"])
  func base64(_ lineEnd: String) throws {
    let data = Data(try Self.document.get())
    let options: Data.Base64EncodingOptions = lineEnd.isEmpty ? [] : .lineLength64Characters
    for text in [data.base64EncodedString(options: options), "\"\(data.base64EncodedString())\""] {
      try expectMangled(Array(text.utf8), "base64 text of a PDF document")
    }
    let urlSafe = data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    try expectMangled(Array(urlSafe.utf8), "base64 text of a PDF document")
  }

  /// Base64 within a little other text, and what form decoding makes of it.
  @Test func encodedTextWithinText() throws {
    let base64 = Data(try Self.document.get()).base64EncodedString()
    let lines = Data(try Self.document.get()).base64EncodedString(options: .lineLength64Characters)
    let escaped = base64.replacing("+", with: "%2B").replacing("/", with: "%2F")
    for text in [
      base64.replacing("+", with: " "), escaped, "file=" + escaped, "content=" + base64, "base64: " + base64,
      "-----BEGIN PKCS7-----\n\(lines)\n-----END PKCS7-----\n", "id,file\n1,\(base64)\n",
      "From: a@b.c\r\nTo: d@e.f\r\nSubject: x\r\n\r\n" + lines, "data: |\n  \(base64)\n",
      "url(data:application/pdf;base64,\(base64))", "<![CDATA[\(base64)]]>", base64.prefix(2000) + "...",
    ] {
      try expectMangled(Array(text.utf8), "base64 text of a PDF document")
    }
    // A page with an image in it is a page.
    let page = "<!DOCTYPE html><html><img src=\"data:application/pdf;base64,\(base64)\"></html>"
    try expectMangled(Array(page.utf8), "an HTML page")
    // Long words that are no base64 of anything known.
    let words = try check(
      (0..<100).map { "A line with the word abcdefghijklmnopqrstuvwxyz\($0).\n" }.joined())
    #expect(!words.findings.contains { $0.code == .mangledFile })
  }

  @Test func otherLiterals() throws {
    let image = try Fixture.bytes("pictures/usual-tables.jpg")
    let digits = image.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    try expectMangled(Array("X'\(digits.joined())'".utf8), named: "a.jpg", "hexadecimal text of a JPEG image")
    let array = "unsigned char a_jpg[] = {\n  \(digits.map { "0x" + $0 }.joined(separator: ", "))\n};\n"
    try expectMangled(Array(array.utf8), named: "a.jpg", "a list of numbers: the bytes of a JPEG image")
    let printable = digits.enumerated().map {
      "=\($0.element.uppercased())" + ($0.offset % 20 == 19 ? "=\r\n" : "")
    }
    try expectMangled(Array(printable.joined().utf8), named: "a.jpg", "quoted-printable text of a JPEG image")
  }

  /// In a text, `%PDF-` may be quoted; a document in which a quotation stands first is none.
  @Test func quotedDocuments() throws {
    let document = String(decoding: try Fixture.bytes("pdf/libreoffice.pdf"), as: Unicode.ASCII.self)
    let literal = document.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing(
      "\r", with: "\\r")
    try expectMangled(Array("b'\(literal)'".utf8), "a literal of bytes")
    let lines = stride(from: 0, to: document.utf8.count, by: 16).map { start in
      let row = Array(document.utf8.dropFirst(start).prefix(16))
      let digits = row.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
      let offset = String(start, radix: 16)
      let text = row.map { 0x20...0x7e ~= $0 ? String(Unicode.Scalar($0)) : "." }.joined()
      return String(repeating: "0", count: 8 - offset.count) + offset + "  \(digits)  |\(text)|\n"
    }
    try expectMangled(Array(lines.joined().utf8), "hexadecimal text of a PDF document")
    // What precedes a document isn't its text.
    let whole = try Fixture.bytes("pdf/libreoffice.pdf")
    for before in ["b'", "{\"file\": \"", "25 50 44 46\n", "2550 4446 2c "] {
      #expect(try inspect(Array(before.utf8) + whole).mediaType == .pdf, "\(before)")
    }
  }

  /// Base64 of what has no signature that is known here.
  @Test func encodedTextOfUnknownBytes() throws {
    let sound = Data(try Fixture.bytes("audio/lc.aac"))
    let base64 = sound.base64EncodedString()
    let run = base64.prefix(1024)
    try expectMangled(Array("<a><b>\(run)</b></a>".utf8), named: "a.aac", "base64 text within other text")
    try expectMangled(
      Array("image/png;base64,\(run)".utf8), named: "a.aac", "base64 text within other text")
    let lines = sound.base64EncodedString(options: .lineLength64Characters)
    let armor = "-----BEGIN CERTIFICATE-----\n\(lines)\n-----END CERTIFICATE-----\n"
    try expectMangled(Array(armor.utf8), named: "a.aac", "base64 text between the lines")
    // Shorter, among as much other text, or of a text.
    let words = Data(String(repeating: "Words that can be read. ", count: 99).utf8).base64EncodedString()
    for text in [
      "<a>\(run.dropLast())</a>", "\(run)\n" + String(repeating: "Words. ", count: 49), "<a>\(words)</a>",
      "-----BEGIN A LIST-----\none\n-----END-----\n",
    ] {
      #expect(try !check(text, named: "a.aac").findings.contains { $0.code == .mangledFile }, "\(text)")
    }
  }

  @Test func escapesOfUnknownBytes() throws {
    let escapes = { (count: Int, mark: String) in
      (0..<count).map { "pH\(mark)0\($0 % 8)\(mark)E9" }.joined()
    }
    for (mark, words) in [("=", "quoted-printable text"), ("%", "percent-encoded text")] {
      try expectMangled(Array(escapes(16, mark).utf8), named: "a.png", words)
      let few = Array((escapes(15, mark) + "\nand\nmore\n").utf8)
      let result = try engine.check(MemorySource(few), named: "a.png")
      #expect(!result.findings.contains { $0.code == .mangledFile })
    }
    let base64 = Data(try Fixture.bytes("pictures/usual-tables.jpg")).base64EncodedString()
    let escaped = base64.replacing("+", with: "%2B").replacing("/", with: "%2F")
    try expectMangled(Array(escaped.utf8), named: "a.jpg", "base64 text of a JPEG image")
  }

  @Test func whiteSpaceAlone() throws {
    let spaces = [UInt8](repeating: 0x20, count: 99_999)
    try expectMangled(spaces, "white space alone")
    #expect(try engine.check(MemorySource(spaces), named: "a.txt").findings == [])
    #expect(try inspect(spaces + Array("Words.\nAnd more.\n".utf8)).mangling == nil)
    #expect(try inspect([0xef, 0xbb, 0xbf]).mangling?.words.hasPrefix("a byte order mark") == true)
    #expect(try inspect([0xff, 0xfe]).mangling?.words.hasPrefix("a byte order mark") == true)
  }

  /// Only bytes in UTF-16 are said to be.
  @Test func pagesAndScripts() throws {
    for (text, words) in [
      ("<!DOCTYPE html><html></html>", "an HTML page"), ("{\"a\": 1}", "a JSON document"),
    ] {
      let result = try check(text)
      #expect(result.findings.first { $0.code == .mangledFile }?.actual == words)
    }
  }

  /// Each kind has words of its own for what to do.
  @Test func advice() throws {
    let result = try check("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    let remedy = result.findings.first { $0.code == .mangledFile }?.remedy
    #expect(remedy?.contains("git lfs pull") == true)
  }

  @Test func textEncodings() throws {
    let image = try Fixture.bytes("pictures/usual-tables.jpg")
    try expectMangled(Array(String(decoding: image, as: UTF8.self).utf8), named: "a.jpg", "read as text")
    let compressed = try Fixture.bytes("pdf/libreoffice.pdf")
    try expectMangled(compressed.map { $0 < 0x80 ? $0 : 0x3f }, "read as ASCII")
    let latin1 = String(String.UnicodeScalarView(image.map { Unicode.Scalar($0) }))
    try expectMangled(Array(latin1.utf8), named: "a.jpg", "written as UTF-8")
    let document = try Self.document.get()
    let wide: [UInt8] = [0xff, 0xfe] + document.flatMap { byte -> [UInt8] in [byte, 0] }
    try expectMangled(wide, "a PDF document in UTF-16")
  }

  @Test func lineEnds() throws {
    // Bytes of any value have line feeds without a carriage return; after the change none has.
    let image = try Fixture.bytes("pictures/rgb-16bit.png")
    let large = try Fixture.bytes("office/page.doc")
    for (bytes, name) in [(image, "a.png"), (large, "a.doc")] {
      let changed = bytes.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] } as [UInt8]
      #expect(try engine.check(MemorySource(changed), named: FilePath(name)).verdict == .rejected)
    }
  }

  /// A JPEG with a comment that has every value of a byte as often as the others, with some values exchanged everywhere.
  private func picture(repeating count: Int, _ change: (UInt8) -> UInt8) throws -> [UInt8] {
    let whole = try Fixture.bytes("pictures/gray.jpg")
    let values = (0..<count).flatMap { _ in (0...255).map { UInt8($0) } }
    let comment = [0xff, 0xfe] + bigEndian(UInt16(values.count + 2)) + values
    return (Array(whole[..<2]) + comment + whole[2...]).map(change)
  }

  /// Bytes that were exchanged for others, each for one: most formats stay as readable as they were.
  @Test func exchangedBytes() throws {
    let undefined: Set<UInt8> = [0x81, 0x8d, 0x8f, 0x90, 0x9d]
    let changes: [(words: String, change: (UInt8) -> UInt8)] = [
      ("no carriage return", { $0 == 0x0d ? 0x0a : $0 }), ("no line feed", { $0 == 0x0a ? 0x0d : $0 }),
      ("Windows-1252", { undefined.contains($0) ? 0x3f : $0 }),
    ]
    for (words, change) in changes {
      try expectMangled(try picture(repeating: 16, change), named: "a.jpg", words)
      // Too few to be certain.
      #expect(try inspect(picture(repeating: 12, change)).mangling == nil)
    }
    // The first of them leaves a JPEG without any fault, and shows only where the content is read.
    let changed = try picture(repeating: 16, changes[0].change)
    #expect(try inspect(changed).faults == [])
    #expect(try inspectStructure(changed).mangling == nil)
    // Values that are missing with nothing in their place, or others with them, are no sign.
    for change in [{ $0 == 0x0d ? 0x0e : $0 }, { $0 == 0x0d || $0 == 0x0e ? 0x0a : $0 }, { $0 }]
      as [(UInt8) -> UInt8]
    {
      #expect(try inspect(picture(repeating: 40, change)).mangling == nil)
    }
  }

  /// A text under the name of a text is what it is, and a list, JSON or a card in it is no other format.
  @Test(arguments: [
    "a,b,c\n1,2,3\n4,5,6\n7,8,9\n", "{\"a\": [1, 2]}", "BEGIN:VCARD\nVERSION:3.0\nFN:A\nEND:VCARD\n",
    "undefined",
    "JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmo=", "<?xml version=\"1.0\"?><a><b/></a>",
    "<?xml version=\"1.0\"?><gpx><wpt lat=\"1\" lon=\"2\"/></gpx>", "#!/bin/sh\nexit\n",
    "#!/usr/bin/env python3\nimport os\nprint(1)\n", "@echo off\r\necho hi\r\n",
    "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n", " \n",
  ])
  func textsUnderTheNameOfAText(_ text: String) throws {
    let result = try check(text, named: "notes.txt")
    #expect(result.mediaType == "text/plain")
    #expect(result.findings == [])
    #expect(result.verdict == .accepted)
    let declared = try engine.check(MemorySource(Array(text.utf8)), declaredType: "text/plain; charset=utf-8")
    #expect(declared.findings == [] && declared.mediaType == "text/plain")
  }

  /// A page, an image or a script of a server stays what it is: a server sent it in place of the text.
  @Test(arguments: [
    ("<!DOCTYPE html><html></html>", "text/html"),
    (
      "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"\">\n<html></html>",
      "text/html"
    ), ("<?php echo 1; ?>", "text/x-php"),
    ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml"),
  ])
  func pagesUnderTheNameOfAText(_ text: String, _ type: MediaType) throws {
    #expect(try check(text, named: "notes.txt").mediaType == type)
  }

  /// What says that a binary file is meant: the name, the declared type, or the name that the recipient sees.
  @Test func whatPromisesABinaryFile() throws {
    let pointer = MemorySource(
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n".utf8))
    let codes = { (result: CheckResult) in result.findings.map(\.code).filter { $0 == .mangledFile } }
    #expect(try codes(engine.check(pointer)) == [])
    #expect(try codes(engine.check(pointer, named: "a.txt")) == [])
    #expect(try codes(engine.check(pointer, named: "a.svg")) == [])
    #expect(try codes(engine.check(pointer, named: "a.jpeg")) == [.mangledFile])
    #expect(try codes(engine.check(pointer, declaredType: "application/pdf")) == [.mangledFile])
    var request = MessageRequest(to: "15551234567", mediaURL: "https://example.com/a")
    request.filename = "invoice.pdf"
    #expect(try codes(engine.check(pointer, as: .document, sending: request)) == [.mangledFile])
    request.filename = "invoice.txt"
    #expect(try codes(engine.check(pointer, as: .document, sending: request)) == [])
  }

  /// Texts that a person writes under such a name: Word opens them.
  @Test func textsOfSeveralLines() throws {
    #expect(
      try !check("Dear all,\nthe meeting is on Monday.\nKind regards\n", named: "a.doc").findings.contains {
        $0.code == .mangledFile
      })
  }

  @Test func noFixtureIsMangled() throws {
    for name in Fixture.names {
      let result = try engine.check(MemorySource(Fixture.bytes(name)), named: FilePath(name))
      if result.verdict == .accepted {
        #expect(!result.findings.contains { $0.code == .mangledFile }, "\(name)")
      }
    }
  }
}
