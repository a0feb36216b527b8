import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@testable import PreflightBytes
@testable import PreflightFacts

/// `common.magic` answers as the system's database does, or leaves the answer to it.
@Suite struct SnifferTests {
  private let sniffer = Sniffer()

  private func answers(_ bytes: [UInt8]) throws -> (common: String?, system: String?) {
    var window = ByteWindow(MemorySource(bytes))
    return (try sniffer.commonMediaType(of: &window), try sniffer.systemMediaType(of: &window))
  }

  @Test func theCommonAnswerIsTheSystemsOnEveryFixture() throws {
    var answered = 0
    for name in Fixture.names {
      let (common, system) = try answers(Fixture.bytes(name))
      if let common {
        #expect(common == system, "\(name)")
        answered += 1
      }
    }
    #expect(answered * 2 > Fixture.names.count)
  }

  @Test func theCommonAnswerIsTheSystemsOnHeadsThatAreCut() throws {
    for name in Fixture.names {
      let bytes = try Fixture.bytes(name)
      for length in [4, 8, 12, 16, 30, 40, 64, 200] where length < bytes.count {
        let (common, system) = try answers(Array(bytes[..<length]))
        #expect(common == nil || common == system, "\(name) cut to \(length)")
      }
    }
  }

  @Test(
    arguments: [
      [0xff, 0xd8, 0xff, 0xf7], [0xff, 0xfb, 0x00, 0x00], [0xff, 0xfb, 0xf0, 0x00], [0xff, 0xd8],
      Array("RIFF....WAVEfmt ".utf8), Array("....ftypabcd".utf8), Array("ID3".utf8), Array("%PDF".utf8),
      Array("ID3\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}..\u{0}\u{0}".utf8), Array("plain text".utf8), [0],
    ] as [[UInt8]])
  func whatIsNotPlainIsLeftToTheSystem(bytes: [UInt8]) throws {
    #expect(try answers(bytes).common == nil)
  }

  /// Writers of OOXML order the members as they like; libmagic looks at the first few.
  @Test(arguments: ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml", "visio/document.xml"])
  func theOrderOfMembersDecidesAsTheSystemHasIt(main: String) throws {
    var answered = 0
    for first in ["[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "customXml/item1.xml", "a.xml"] {
      for before in 0..<6 {
        let names = [first] + (0..<before).map { "docProps/custom\($0).xml" } + [main]
        var archive = ZIPBuilder(names.map { ZIPBuilder.Member($0) })
        let (common, system) = try answers(archive.bytes())
        #expect(common == nil || common == system, "\(names)")
        answered += common == nil ? 0 : 1
      }
    }
    #expect(main.hasPrefix("visio") ? answered == 0 : answered == 7)
  }

  @Test(arguments: [0xfffb, 0xfff3, 0xffe3] as [UInt16], [0x00, 0x10, 0x84, 0xe4, 0xf0] as [UInt8])
  func soundOfEveryVersionIsKnownBehindATag(sync: UInt16, rates: UInt8) throws {
    let sound = bigEndian(sync) + [rates, 0x64] + [UInt8](repeating: 0, count: 400)
    let tag = Array("ID3".utf8) + [4, 0, 0, 0, 0, 2, 0] + [UInt8](repeating: 0, count: 256)
    for bytes in [sound, tag + sound] {
      let (common, system) = try answers(bytes)
      let hasRate = 0x10..<0xf0 ~= rates
      #expect(common == (hasRate ? "audio/mpeg" : nil))
      #expect(!hasRate || common == system)
    }
  }

  @Test func picturesAsXcodeWritesThemAreKnown() throws {
    let head: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 4] + Array("CgBI".utf8)
    let whole = head + [0x50, 0, 0x20, 6, 0x2c, 0xb8, 0x77, 0x66, 0, 0, 0, 13] + Array("IHDR".utf8)
    #expect(try answers(whole) == ("image/png", "image/png"))
    #expect(try answers(whole.dropLast()).common == nil)
  }

  @Test func whatCannotBeTextIsAnsweredTheSameWithoutTheLookForIt() throws {
    var samples = try Fixture.names.map { try Fixture.bytes($0) }
    let text = Array("Dear Sir or Madam, the order is 12,50 €.\r\n".utf8)
    let wide: [UInt8] = text.flatMap { [$0, 0] as [UInt8] }
    // EBCDIC: "HELLO WORLD" and a line end.
    let ebcdic: [UInt8] = [0xc8, 0xc5, 0xd3, 0xd3, 0xd6, 0x40, 0xe6, 0xd6, 0xd9, 0xd3, 0xc4, 0x25]
    samples.append([0xff, 0xfe] + wide)
    samples.append([0xfe, 0xff, 0] + wide)
    samples.append(wide)
    samples.append(ebcdic + ebcdic)
    samples.append(Array(#"{"a": [1, 2]}"#.utf8))
    samples.append(Array("a,b\r\n1,2\r\n3,4\r\n".utf8))
    for control in UInt8.min..<0x20 {
      samples.append(text + [control] + text)
      samples.append([control] + text)
      samples.append(ebcdic + [control])
    }
    for bytes in samples {
      var window = ByteWindow(MemorySource(bytes))
      let hastened = try sniffer.systemMediaType(of: &window)
      #expect(try sniffer.systemMediaType(of: &window, skipsTextTests: false) == hastened)
    }
  }
}
