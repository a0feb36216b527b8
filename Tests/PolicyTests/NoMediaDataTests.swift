import SystemPackage
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// What says how to play it, and holds nothing to play.
@Suite struct NoMediaDataTests {
  private func codes(_ bytes: [UInt8], _ name: String, _ endpoint: Endpoint) throws -> [FindingCode] {
    try engine.check(MemorySource(bytes), named: FilePath(name), as: endpoint).findings.map(\.code)
  }

  /// A fragmented film cut before its first fragment, and with it.
  @Test func headOfAStream() throws {
    let film = try Fixture.bytes("mp4/fragmented.mp4")
    let first = try #require(film.isoBox("moof"))
    let second = try #require(film.isoBox("moof", from: first + 8))
    #expect(try codes(Array(film[..<first]), "a.mp4", .video).contains(.noMediaData))
    #expect(try !codes(Array(film[..<second]), "a.mp4", .video).contains(.noMediaData))
    // As a document it is delivered as it is.
    #expect(try codes(Array(film[..<first]), "a.mp4", .document) == [])
  }

  /// The frame of an index carries no sound (Info, Xing); the next one does.
  @Test func indexWithoutSound() throws {
    let sound = try Fixture.bytes("audio/cbr-info.mp3")
    // 64 kbit/s at 24 kHz: 72 × 64,000 / 24,000 bytes a frame.
    let (second, third) = (192, 384)
    #expect(sound[second..<second + 3] == sound[0..<3] && sound[third..<third + 3] == sound[0..<3])
    var index = Array(sound[..<second])
    #expect(try codes(index, "a.mp3", .audio) == [.noMediaData])
    // It counts far more.
    #expect(try codes(Array(sound[..<third]), "a.mp3", .audio) == [.damagedFile])
    // An index that says so itself.
    let place = try #require(index.index(of: "Info"))
    index.replaceSubrange(place + 8..<place + 16, with: bigEndian(UInt32(0)) + bigEndian(UInt32(second)))
    #expect(try codes(index, "a.mp3", .audio) == [.noMediaData])
  }
}
