import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// A format that nobody has, as its one file would be: the value and the reader.
extension Format {
  fileprivate static let made = Format(
    "Made up", reader: MadeUp.self, hiding: .media,
    mediaTypes: [.init("audio/x-made-up", "made-up audio", .audio, extensions: ["made"])])
}

private enum MadeUp: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard try window.available(at: 0, upTo: 4).has("MADE") else { return }
    reading.mediaType = "audio/x-made-up"
    reading.facts.durationMilliseconds = Double(try window.bigEndian(UInt16.self, at: 4))
  }
}

@Suite struct MadeUpFormatTests {
  private func inspection(_ bytes: [UInt8]) throws -> Inspection {
    var window = ByteWindow(MemorySource(bytes))
    // The registry's line.
    return try Structure(&window, named: nil, sniffer: Sniffer(), formats: [.made] + Format.all).inspection
  }

  @Test func isReadByItsOneFileAndItsOneLine() throws {
    let whole = try inspection(Array("MADE".utf8) + [0x01, 0x00])
    #expect(whole.mediaType == "audio/x-made-up" && whole.facts.durationMilliseconds == 256)
    #expect(whole.faults.isEmpty)
    let cut = try inspection(Array("MADE".utf8) + [0x01])
    #expect(cut.faults.map(\.name) == ["truncated"] && cut.faults.first?.offset == 5)
    // What stands behind or before is looked for as in any media file.
    let archive = try Fixture.bytes("office/page.docx")
    let both = try inspection(Array("MADE".utf8) + [0x01, 0x00] + archive)
    #expect(both.hidden.map(\.kind) == [.otherFormat])
    #expect(try inspection(Fixture.bytes("pictures/rgb.jpg")).mediaType == "image/jpeg")
  }
}
