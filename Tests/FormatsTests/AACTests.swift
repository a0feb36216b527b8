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
      let inspection = try inspect(whole(6, of: bytes))
      #expect(inspection.facts.audioStreams?.first?.profile == name)
      #expect(abs((inspection.facts.durationMilliseconds ?? 0) - 12 * 1024 / 44.1) < 0.01)
      #expect(inspection.faults == [])
    }
  }

  @Test func channelsInTheFirstBlock() throws {
    // A program config element: id 5, tag, profile and rate; one front, no side and one back element,
    // one low-frequency channel; no others, no mixdowns; then both elements are pairs.
    let bits = "101 0000 01 0100 0001 0000 0001 01 000 0000 000 10000 10001"
    let inspection = try inspect(whole(6, of: frame(channels: 0, size: 40, bits)))
    #expect(inspection.facts.audioStreams?.first?.channels == 5)
    let none = try inspect(whole(6, of: frame(channels: 0, size: 40)))
    #expect(none.mediaType == "audio/aac")
    #expect(none.facts.audioStreams?.first?.channels == nil)
    let eight = try inspect(whole(6, of: frame(channels: 7, size: 40)))
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

  /// The first fields of a block of 33 bytes, at 44.1 kHz.
  @Test(
    arguments: [
      // A single channel: ics_reserved_bit, window_sequence, window_shape, max_sfb, predictor_data_present.
      ("000 0000 00000000 0 00 0 110001 0", true), ("000 0000 00000000 0 00 0 110010 0", false),
      ("000 0000 00000000 1 00 0 110001 0", false), ("000 0000 00000000 0 00 0 110001 1", false),
      // Short windows.
      ("000 0000 00000000 0 10 0 1110 0000000", true), ("000 0000 00000000 0 10 0 1111 0000000", false),
      // A pair with a common window, and ms_mask_present; without one.
      ("001 0000 1 0 00 0 110001 0 10", true), ("001 0000 1 0 00 0 110001 0 11", false),
      ("001 0000 1 0 10 0 1110 0000000 10", true), ("001 0000 1 0 10 0 1110 0000000 11", false),
      ("001 0000 0 00000000 0 00 0 110001 0", true), ("001 0000 0 00000000 0 00 0 110010 0", false),
      // A coupling channel, low frequencies, and the end.
      ("010", false), ("011", false), ("111", false),
      // Data, a program, and filling, whose bytes end before END does.
      ("100 0000 0 00011110", true), ("100 0000 0 00011111", false), ("101", true), ("110 1110", true),
      ("110 1111 00010000", true), ("110 1111 00010001", false),
    ])
  func beginningsOfBlocks(_ bits: String, _ isFine: Bool) throws {
    let faults = try inspect(whole(6, of: frame(size: 40, bits))).namedFaults
    #expect(faults == (isFine ? [] : [NamedFault("invalid-aac-block", 7)]))
  }

  @Test func longDataAtTheBeginningOfABlock() throws {
    // 393 bytes, of which 255 and 134 or 135 are data.
    for (count, isFine) in [("10000110", true), ("10000111", false)] {
      let faults = try inspect(whole(6, of: frame(size: 400, "100 0000 0 11111111 \(count)"))).faults
      #expect(faults.isEmpty == isFine, "\(count)")
    }
  }

  @Test func whatTheHeaderAllowsInABlock() throws {
    // Main has a prediction, whose fields stand before ms_mask_present.
    for bits in ["000 0000 00000000 0 00 0 110001 1", "001 0000 1 0 00 0 110001 1 11"] {
      #expect(try inspect(whole(6, of: frame(profile: 0, size: 40, bits))).faults == [], "\(bits)")
    }
    // Without a channel configuration, any element may be first.
    for (bits, isFine) in [
      ("010", true), ("011 0000 00000000 0 00 0 110001 0", true),
      ("011 0000 00000000 0 00 0 110010 0", false),
      ("111", false),
    ] {
      let faults = try inspect(whole(6, of: frame(channels: 0, size: 40, bits))).faults
      #expect(faults.isEmpty == isFine, "\(bits)")
    }
    // Behind a checksum, and in a later frame. Seven bytes say nothing.
    let bytes = whole(5, of: frame(isProtected: true, size: 40)) + frame(isProtected: true, size: 40, "111")
    #expect(try inspect(bytes).namedFaults == [NamedFault("invalid-aac-block", 5 * 40 + 9)])
    #expect(try inspect(whole(6, of: frame(size: 15, "111"))).faults.map(\.name) == ["invalid-aac-block"])
    #expect(try inspect(whole(6, of: frame(size: 14, "111"))).faults == [])
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

private func whole(_ count: Int, of frame: [UInt8]) -> [UInt8] {
  [[UInt8]](repeating: frame, count: count).flatMap(\.self)
}

/// An ADTS frame at 44.1 kHz whose blocks are empty but for their first bits and their end.
private func frame(
  profile: UInt8 = 1, channels: UInt8 = 2, isProtected: Bool = false, blocks: UInt8 = 1, size: Int,
  _ bits: String = ""
) -> [UInt8] {
  let header: [UInt8] = [
    0xff, isProtected ? 0xf0 : 0xf1, profile << 6 | 4 << 2 | channels >> 2,
    (channels & 3) << 6 | UInt8(size >> 11), UInt8(size >> 3 & 0xff), UInt8(size & 7) << 5 | 0x1f,
    0xfc | (blocks - 1),
  ]
  var frame = header + [UInt8](repeating: 0, count: size - 8) + [7]
  let start = isProtected ? 7 + 2 * Int(blocks) : 7
  for (index, bit) in bits.filter({ $0 != " " }).enumerated() where bit == "1" {
    frame[start + index / 8] |= 0x80 >> (index % 8)
  }
  return frame
}
