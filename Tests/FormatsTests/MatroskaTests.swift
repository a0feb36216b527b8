import MediaPreflight
import PreflightInspection
@testable import PreflightTestSupport
import Testing

@Suite struct MatroskaTests {
  private func element(_ identifier: [UInt8], _ data: [UInt8]) -> [UInt8] {
    identifier + [0x40 | UInt8(data.count >> 8), UInt8(data.count & 0xff)] + data
  }

  /// The start of a file as browsers record it: a segment of unknown size.
  private func file(_ type: String = "webm", tracks: [(UInt8, String)]) -> [UInt8] {
    let header = element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], Array(type.utf8)))
    let entries = tracks.flatMap { kind, codec in
      element([0xae], element([0xd7], [1]) + element([0x83], [kind]) + element([0x86], Array(codec.utf8)))
    }
    return header + [0x18, 0x53, 0x80, 0x67, 0x01] + [UInt8](repeating: 0xff, count: 7)
      + element([0x15, 0x49, 0xa9, 0x66], [0xec, 0x81, 0]) + element([0x16, 0x54, 0xae, 0x6b], entries)
      + element([0x1f, 0x43, 0xb6, 0x75], [1, 2, 3])
  }

  @Test func namesByTracks() throws {
    for (bytes, type) in [
      (file(tracks: [(2, "A_OPUS")]), "audio/webm"),
      (file(tracks: [(1, "V_VP8"), (2, "A_OPUS")]), "video/webm"),
      (file(tracks: [(2, "A_OPUS"), (17, "S_TEXT")]), "video/webm"), (file(tracks: []), "video/webm"),
      (file("matroska", tracks: [(2, "A_AAC")]), "audio/x-matroska"),
      (file("matroska", tracks: [(1, "V_MPEG4/ISO/AVC")]), "video/x-matroska"),
    ] {
      #expect(try inspect(bytes).mediaType?.rawValue == type)
    }
    #expect(try inspect(fixture: "foreign-media/video.webm").mediaType == "video/webm")
    #expect(try inspect(fixture: "foreign-media/video.mkv").mediaType == "video/x-matroska")
    #expect(try inspect(file(tracks: [(2, "A_OPUS")])).facts.audioStreams?.map(\.codec) == ["opus"])
  }

  @Test func movieWithoutItsIndexHasNoCommand() throws {
    let whole = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    let result = try engine.check(MemorySource(Array(whole.prefix(2000))))
    let findings = result.findings.filter { $0.code == .damagedFile }
    #expect(!findings.isEmpty)
    #expect(findings.allSatisfy { $0.fix?.action == nil })
  }

  @Test func survivesCutsAndFlips() {
    let bytes = file(tracks: [(2, "A_OPUS"), (1, "V_VP9")])
    expectSurvivesCuts(bytes)
    expectSurvivesFlips(bytes)
  }
}
