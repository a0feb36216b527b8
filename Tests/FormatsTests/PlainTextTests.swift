import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct PlainTextTests {
  // MARK: - Encodings

  @Test(arguments: [
    ("letter-utf-8.txt", "utf-8"), ("letter-utf-16le.txt", "utf-16le"),
    ("letter-windows-1252.txt", "windows-1252"),
  ])
  func readsEncodings(_ name: String, encoding: String) throws {
    let inspection = try inspect(fixture: "text/\(name)")
    #expect(inspection.mediaType == "text/plain")
    #expect(inspection.facts.textEncoding == encoding)
    #expect(inspection.faults == [])
  }

  @Test(
    arguments: [
      ([0x41], "us-ascii"), ([0x0a], "us-ascii"),
      (Array("tab\tbell\u{7}form\u{c}escape\u{1b}[0m\r\n".utf8), "us-ascii"),
      ([0xef, 0xbb, 0xbf, 0x41], "utf-8"), ([0xef, 0xbb, 0xbf], "utf-8"),
      (Array("\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}".utf8), "utf-8"),
      ([0xff, 0xfe, 0x41, 0], "utf-16le"), ([0xfe, 0xff, 0, 0x41], "utf-16be"),
      ([0xff, 0xfe, 0x3d, 0xd8, 0x00, 0xde], "utf-16le"),
      ([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0], "utf-32le"), ([0, 0, 0xfe, 0xff, 0, 0, 0, 0x41], "utf-32be"),
      (Array("Caf".utf8) + [0xe9], "iso-8859-1"), (Array("Caf".utf8) + [0xe9, 0x20, 0x85], "windows-1252"),
    ] as [([UInt8], String)])
  func tellsEncodings(_ bytes: [UInt8], encoding: String) throws {
    let inspection = try inspect(bytes)
    #expect(inspection.mediaType == "text/plain")
    #expect(inspection.facts.textEncoding == encoding)
    #expect(inspection.faults == [])
  }

  @Test(
    arguments: [
      // Russian in KOI8-R, German in code page 850 ("für Äpfel").
      [0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4, 0x20, 0xcd, 0xc9, 0xd2, 0x0a],
      Array("f".utf8) + [0x81] + Array("r ".utf8) + [0x8e] + Array("pfel und Kuchen\n".utf8),
      Array("Fr".utf8) + [0x84] + Array("ulein und mehr davon\n".utf8),
    ] as [[UInt8]])
  func leavesEncodingsThatCannotBeKnown(_ bytes: [UInt8]) throws {
    let inspection = try inspect(bytes)
    #expect(inspection.mediaType == "text/plain")
    #expect(inspection.facts.textEncoding == nil)
  }

  @Test(
    arguments: [
      // Overlong forms, surrogates and numbers beyond Unicode are no UTF-8.
      [0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x80, 0x80, 0x80],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80], [0xc3, 0x28],
    ] as [[UInt8]])
  func tellsWhatIsNoUTF8(_ bytes: [UInt8]) throws {
    let text = Array("Some text in front, and then: é ".utf8) + bytes + Array(" and more.\n".utf8)
    #expect(try inspect(text).facts.textEncoding != "utf-8")
  }

  @Test(
    arguments: [
      [0, 0x41], [0x41, 0x01], [0x41, 0x7f], Array("hello".utf8) + [0] + Array("world".utf8),
      // UTF-16 with a lone half of a pair in the middle, a control character, a non-character.
      [0xff, 0xfe, 0x00, 0xdc, 0x41, 0], [0xff, 0xfe, 0x00, 0xd8, 0x41, 0], [0xff, 0xfe, 1, 0],
      [0xff, 0xfe, 0xff, 0xff, 0x41, 0], [0xff, 0xfe, 0, 0, 0, 0xd8, 0, 0],
      [0, 0, 0xfe, 0xff, 0, 0x11, 0, 0],
    ] as [[UInt8]])
  func leavesWhatIsNoText(_ bytes: [UInt8]) throws {
    let inspection = try inspect(bytes)
    #expect(inspection.facts.textEncoding == nil)
    #expect(inspection.faults == [])
  }

  /// libmagic takes each of these for a DOS program, by its first bytes.
  @Test(
    arguments: [
      // Russian in Windows-1251 ("ёлка новогодняя"), Korean in code page 949, French in Latin-1.
      [0xb8, 0xeb, 0xea, 0xe0, 0x20, 0xed, 0xee, 0xe2, 0xee, 0xe3, 0xee, 0xe4, 0xed, 0xff, 0xff, 0x0d, 0x0a],
      [
        0x8c, 0x63, 0xb9, 0xe6, 0xb0, 0xa2, 0xc7, 0xcf, 0x20, 0xbc, 0x84, 0xbd, 0xc3, 0xc4, 0xdd, 0xb6, 0xf3,
        0x0a,
      ],
      [0xeb] + Array("a sample of text, with some words\n".utf8),
    ] as [[UInt8]])
  func textsThatBeginLikeInstructions(_ bytes: [UInt8]) throws {
    let result = try engine.check(MemorySource(bytes), named: "a.txt", as: .document)
    #expect(result.verdict == .accepted && result.findings == [])
    // A program has control characters.
    #expect(try inspect(bytes + [0xcd, 0x21, 0xba, 0x10, 0x01]).mediaType != "text/plain")
  }

  @Test func textsThatWereNotWritten() throws {
    for text in [
      Array("letter".utf8), Array("é".utf8), Array("caf".utf8) + [0xe9],
      Array(repeating: UInt8(ascii: "x"), count: 70_000),
    ] {
      func faults(_ count: Int) throws -> [Fault] {
        try inspect(text + [UInt8](repeating: 0, count: count)).faults
      }
      #expect(try faults(4096) == [])
      #expect(try faults(4097).map(\.name) == ["unwritten"])
      #expect(try faults(4097).first?.offset == UInt64(text.count))
      #expect(try inspect(text + [UInt8](repeating: 0, count: 5000) + text).faults == [])
    }
    #expect(try inspect([UInt8](repeating: 0, count: 5000)).mediaType != "text/plain")
  }

  @Test(arguments: [0xa5, 0xe9, 0xff] as [UInt8])
  func oneByteThroughout(_ byte: UInt8) throws {
    let same = [UInt8](repeating: byte, count: 64)
    #expect(try inspect(same).faults == [])
    #expect(try inspect(same + [byte]).faults.map(\.name) == ["unwritten"])
    #expect(try inspect(same + [0x0a]).faults == [])
    #expect(try inspect([UInt8](repeating: UInt8(ascii: "-"), count: 5000)).faults == [])
  }

  @Test func readsCharactersThatBlocksDivide() throws {
    // The reader's blocks have 65,536 bytes; every place of the division is tried.
    for lead in 65_529...65_537 {
      let text = Array(repeating: UInt8(ascii: "x"), count: lead) + Array("😀é\n".utf8)
      let inspection = try inspect(text)
      #expect(inspection.facts.textEncoding == "utf-8", "\(lead) in front")
      #expect(inspection.faults == [])
    }
  }

  // MARK: - Damage

  @Test func tellsThatATextEndsWithinACharacter() throws {
    let bytes = Array("Grüße 😀".utf8)
    for length in [bytes.count - 1, bytes.count - 2, bytes.count - 3] {
      let faults = try inspect(Array(bytes[..<length])).faults
      #expect(faults.map(\.name) == ["truncated"], "cut to \(length)")
      #expect(faults.first?.offset == UInt64(bytes.count - 4))
    }
    #expect(try inspect(Array(bytes[..<(bytes.count - 4)])).faults == [])
  }

  @Test(
    arguments: [
      ([0xff, 0xfe, 0x41, 0, 0x42], 4), ([0xfe, 0xff, 0xd8, 0x3d], 2),
      ([0xfe, 0xff, 0xd8, 0x3d, 0xde], 2), ([0xff, 0xfe, 0, 0, 0x41, 0, 0], 4),
    ] as [([UInt8], UInt64)])
  func tellsThatAWideTextEndsWithinACharacter(_ bytes: [UInt8], offset: UInt64) throws {
    let faults = try inspect(bytes).faults
    #expect(faults.map(\.name) == ["truncated"])
    #expect(faults.first?.offset == offset)
  }

  // MARK: - Types

  @Test(arguments: [
    "Roses are red,\nViolets are blue,\nSugar is sweet,\nAnd so are you,\n",
    "Dear Ann,\nhow are you, friend\nI am fine, thanks\n",
    "apples, pears, plums\nbread, milk, eggs\nsoap, paper, pens\n",
    "12/03/2024, 10:15 - Ann: Hello\n12/03/2024, 10:16 - Bob: Hi\n12/03/2024, 10:17 - Ann: Bye\n",
    "3,14\n2,71\n1,41\n1,73\n",
    "2024-01-01 10:00:00,123 one\n2024-01-01 10:00:01,456 two\n2024-01-01 10:00:02,789 three\n",
    "call(a,b);\ncall(c,d);\ncall(e,f);\n", "a;\nb;\nc;\n", "one,two\n",
    "a:b:c\n1:2:3\n4:5:6\n", "name\tage\nAnn\t23\nBob\t42\n",
    "[Verse 1]\nThe sun goes down\n[Chorus]\nOh oh oh\n", "{hello} world\n", "[1] A footnote.\n",
    "How to write HTML\n\nUse <html> and <title>, then <body>.\n", "<grin> Hello!\n", "< 5 and > 3\n",
    "GIF8 is short for nothing.\n", "P5 is a number.\n", "P3 players\n", "MZ is Mozambique.\n",
    ".There once was\n.TH a man\n'tis true\n",
    "import os\n\ndef main():\n    print(1)\n\nclass A(object):\n  pass\n",
    "#include <stdio.h>\nint main(void) { return 0; }\n", "import java.util.*;\npublic class A { }\n",
    "From: me\nSubject: hi\n\nhello\n", "# Title\n\nSome *text* here.\n", "%!TEX root = a.tex\n",
    "#!important\n",
  ])
  func leavesPlainTextPlain(_ text: String) throws {
    let inspection = try inspect(Array(text.utf8))
    #expect(inspection.mediaType == "text/plain")
    #expect(inspection.facts.textEncoding == "us-ascii")
    #expect(inspection.faults == [])
  }

  @Test(arguments: [
    ("name,age,city\nAnn,23,Berlin\nBob,42,Paris\n", "text/csv"),
    ("name;age\nAnn;23\nBob;42\n", "text/csv"), ("a,b,c\r\n1,2,3", "text/csv"),
    ("\"name\",\"note\"\n\"Ann\",\"hello, \"\"you\"\"\"\n\"Bob\",\"two\nlines\"\n", "text/csv"),
    ("x,y\n1,2\n3,4\n", "text/csv"), ("1, 2, 3\n4, 5, 6\n0x7, 0x8, 9e3\n", "text/csv"),
    ("# made by hand\nversion,name,released,ended\n1,Buzz,1996\n2,Rex,1996,1998\n", "text/csv"),
    ("{\"a\": 1, \"b\": [true, null, -1.5e3, \"\\\"\"]}", "application/json"),
    ("[1, 2, [3, {}]]\n", "application/json"), ("{\"a\": 1, \"b\": [1, 2", "application/json"),
    ("<!DOCTYPE html>\n<html></html>\n", "text/html"), ("\n\n<HTML><body>x", "text/html"),
    ("<!-- a --> <!-- b -->\n<head><title>x</title></head>", "text/html"),
    ("Warning: nothing\n<html lang=\"en\">\n<body>x</body></html>", "text/html"),
    ("<?xml version=\"1.0\"?>\n<note>x</note>\n", "text/xml"),
    ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml"),
    ("<?xml version=\"1.0\"?><!-- <a> --><!DOCTYPE svg><svg/>", "image/svg+xml"),
    ("{\\rtf1\\ansi hello}", "text/rtf"), ("%!PS-Adobe-3.0\nshowpage\n", "application/postscript"),
    ("BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n", "text/vcard"),
    ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "text/calendar"),
    ("#!/bin/sh\necho hi\n", "text/x-shellscript"), ("#! /opt/odd/thing\nrun\n", "text/x-shellscript"),
    ("<?php echo 1;\n", "text/x-php"), ("@ECHO OFF\r\n", "text/x-msdos-batch"),
    ("P3\n1 1\n255\n0 0 0\n", "image/x-portable-pixmap"),
    (
      "From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n",
      "message/rfc822"
    ),
  ])
  func namesWhatIsSurelyOfATypeOfItsOwn(_ text: String, type: String) throws {
    #expect(try inspect(Array(text.utf8)).mediaType?.rawValue == type)
  }

  @Test func readsTheTypeOfAWideText() throws {
    let text = "a;b;c\r\n1;2;é\r\n4;5;6\r\n"
    var bytes: [UInt8] = [0xfe, 0xff]
    for unit in text.utf16 { bytes += [UInt8(unit >> 8), UInt8(unit & 255)] }
    let inspection = try inspect(bytes)
    #expect(inspection.mediaType == "text/csv")
    #expect(inspection.facts.textEncoding == "utf-16be")
  }

  @Test func goesByTheHeadOfALongText() throws {
    // Longer than libmagic is shown, which then takes it for plain text.
    let long = "[" + String(repeating: "{\"key\": \"value\"},", count: 70_000) + "{}]"
    let inspection = try inspect(Array(long.utf8))
    #expect(inspection.sniffedType == "text/plain")
    #expect(inspection.mediaType == "application/json")
  }

  // MARK: - Hostile texts

  @Test(arguments: ["{\"a\":[1,\"b\"],\"c\":{}}", "a;b\n\"1\"\";2\n3;4\n", "<?xml version=\"1.0\"?><a/>"])
  func survives(_ text: String) {
    expectSurvivesCuts(Array(text.utf8))
    expectSurvivesFlips(Array(text.utf8), first: 24)
  }

  @Test(arguments: ["[", "{\"a\":", "<!--", "<", "\"", ",", "a,\"", "\\"])
  func survivesRepetition(_ piece: String) throws {
    let text = String(repeating: piece, count: 40_000)
    #expect(throws: Never.self) { try inspect(Array(text.utf8)) }
  }
}
