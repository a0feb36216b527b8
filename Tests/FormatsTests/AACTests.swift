import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct AACTests {
  @Test func lowComplexity() throws {
    let inspection = try inspect(fixture: "audio/lc.aac")
    #expect(inspection.mediaType == "audio/aac")
    #expect(inspection.facts.container == "adts")
    let stream = try #require(inspection.facts.audioStreams?.first)
    #expect(stream.codec == "aac")
    #expect(stream.profile == "LC")
    #expect(stream.channels == 2)
    #expect(stream.sampleRate == 44100)
    #expect(abs((inspection.facts.durationMilliseconds ?? 0) - 19 * 1024 / 44.1) < 0.01)
    #expect(inspection.faults == [])
  }

  @Test func behindATag() throws {
    let inspection = try inspect(fixture: "audio/id3v2.aac")
    #expect(inspection.mediaType == "audio/aac")
    #expect(inspection.facts.audioStreams?.first?.sampleRate == 16000)
    #expect(inspection.facts.durationMilliseconds == 512)
    #expect(inspection.faults == [])
  }

  @Test func profilesChecksumsAndBlocks() throws {
    for (profile, name) in ["Main", "LC", "SSR", "LTP"].enumerated() {
      let bytes = frame(profile: UInt8(profile), isProtected: true, blocks: 2, size: 40)
      let inspection = try inspect([[UInt8]](repeating: bytes, count: 6).flatMap(\.self))
      #expect(inspection.facts.audioStreams?.first?.profile == name)
      #expect(abs((inspection.facts.durationMilliseconds ?? 0) - 12 * 1024 / 44.1) < 0.01)
      #expect(inspection.faults == [])
    }
  }

  @Test func channelsInTheFirstBlock() throws {
    // A program config element: id 5, tag, profile and rate; one front, no side and one back element,
    // one low-frequency channel; no others, no mixdowns; then both elements are pairs.
    var bytes = frame(channels: 0, size: 40)
    let bits =
      "101" + "0000" + "01" + "0100" + "0001" + "0000" + "0001" + "01" + "000" + "0000" + "000"
      + "10000" + "10001"
    for (index, bit) in bits.enumerated() where bit == "1" { bytes[7 + index / 8] |= 0x80 >> (index % 8) }
    let inspection = try inspect([[UInt8]](repeating: bytes, count: 6).flatMap(\.self))
    #expect(inspection.facts.audioStreams?.first?.channels == 5)
    let none = try inspect([[UInt8]](repeating: frame(channels: 0, size: 40), count: 6).flatMap(\.self))
    #expect(none.mediaType == "audio/aac")
    #expect(none.facts.audioStreams?.first?.channels == nil)
    let eight = try inspect([[UInt8]](repeating: frame(channels: 7, size: 40), count: 6).flatMap(\.self))
    #expect(eight.facts.audioStreams?.first?.channels == 8)
  }

  @Test func tagsAndJunkAround() throws {
    let sound = try Fixture.bytes("audio/lc.aac")
    let tag = Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4]
    let id3v1 = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
    for bytes in [sound + id3v1, tag + tag + sound, sound + tag + sound] {
      let inspection = try inspect(bytes)
      #expect(inspection.mediaType == "audio/aac")
      #expect(inspection.faults == [])
      #expect(inspection.trailingDataOffset == nil)
    }
    let junk = try inspect(sound + Array("something else".utf8))
    #expect(junk.trailingDataOffset == UInt64(sound.count))
    let before = try inspect([UInt8](repeating: 0, count: 100) + sound)
    #expect(before.mediaType == "audio/aac")
  }

  @Test(arguments: ["lc.aac", "id3v2.aac"])
  func cutsAreTold(_ name: String) throws {
    try expectTellsCuts(Fixture.bytes("audio/\(name)"))
  }

  @Test func faults() throws {
    let sound = try Fixture.bytes("audio/lc.aac")
    let cut = try inspect(Array(sound.dropLast(5)))
    #expect(cut.isPossiblyTruncated)
    #expect(cut.possibleTruncation?.offset == UInt64(sound.count - 5))
    #expect(try inspect(sound + [0xff, 0xf1, 0x50]).isPossiblyTruncated)
    #expect(try inspect(sound + Array("TAG and no more".utf8)).faults.map(\.name) == ["truncated"])
    let alone = try inspect(frame(size: 40) + [UInt8](repeating: 0x41, count: 900))
    #expect(alone.mediaType == "audio/aac")
    #expect(alone.faults.map(\.name) == ["no-frames"])
    #expect(alone.faults.first?.offset == 40)
    #expect(try inspect(Array(frame(size: 400).prefix(90))).faults.map(\.name) == ["truncated"])
  }

  @Test func otherPackings() throws {
    let adif = try inspect(Array("ADIF".utf8) + [UInt8](repeating: 0, count: 60))
    #expect(adif.mediaType == "audio/x-hx-aac-adif")
    #expect(adif.facts.container == "adif")
    let loas = try inspect(fixture: "foreign-media/sound.latm")
    #expect(loas.mediaType == "audio/x-mp4a-latm")
    #expect(loas.facts.container == "loas")
    #expect(try inspect([0x56, 0xe0, 0x00, 0x56, 0xe0, 0x00]).facts.container != "loas")
  }

  @Test func survivesCutsAndFlips() throws {
    expectSurvivesCuts(try Fixture.bytes("audio/id3v2.aac"))
    expectSurvivesFlips(try Fixture.bytes("audio/id3v2.aac"), first: 90)
  }
}

/// An ADTS frame at 44.1 kHz whose blocks are empty but for their end.
private func frame(
  profile: UInt8 = 1, channels: UInt8 = 2, isProtected: Bool = false, blocks: UInt8 = 1, size: Int
) -> [UInt8] {
  let header: [UInt8] = [
    0xff, isProtected ? 0xf0 : 0xf1, profile << 6 | 4 << 2 | channels >> 2,
    (channels & 3) << 6 | UInt8(size >> 11), UInt8(size >> 3 & 0xff), UInt8(size & 7) << 5 | 0x1f,
    0xfc | (blocks - 1),
  ]
  return header + [UInt8](repeating: 0, count: size - 8) + [7]
}
