import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// What a decoder of AAC is told before the first frame: what it takes, and what it refuses.
@Suite struct AudioSpecificConfigTests {
  /// AAC LC, but for the element in question.
  struct Config: Sendable {
    var objectType: UInt32 = 2
    var frequency: UInt32 = 4
    var channels: UInt32 = 2
    /// The frequency of spectral band replication.
    var extended: UInt32?
    /// The frequency in full.
    var explicit: UInt32?

    var bytes: [UInt8] {
      var bits = BitWriter()
      if extended != nil { bits.unsigned(5, 5) } else { write(objectType, &bits) }
      bits.unsigned(frequency, 4)
      if let explicit { bits.unsigned(explicit, 24) }
      bits.unsigned(channels, 4)
      if let extended {
        bits.unsigned(extended, 4)
        write(objectType, &bits)
      }
      bits.unsigned(0, 3)
      return bits.bytes
    }

    private func write(_ objectType: UInt32, _ bits: inout BitWriter) {
      if objectType < 31 { return bits.unsigned(objectType, 5) }
      bits.unsigned(31, 5)
      bits.unsigned(objectType - 32, 6)
    }
  }

  @Test(arguments: [
    ("samplingFrequencyIndex", Config(frequency: 12), Config(frequency: 13)),
    ("samplingFrequencyIndex", Config(frequency: 12), Config(frequency: 14)),
    ("samplingFrequency", Config(frequency: 15, explicit: 1), Config(frequency: 15, explicit: 0)),
    ("channelConfiguration", Config(channels: 7), Config(channels: 8)),
    ("channelConfiguration", Config(channels: 11), Config(channels: 10)),
    ("channelConfiguration", Config(channels: 14), Config(channels: 15)),
    ("extensionSamplingFrequencyIndex", Config(extended: 12), Config(extended: 13)),
    ("audioObjectType", Config(objectType: 1), Config(objectType: 0)),
    ("audioObjectType", Config(objectType: 9), Config(objectType: 10)),
    ("audioObjectType", Config(objectType: 12), Config(objectType: 11)),
    ("audioObjectType", Config(objectType: 17), Config(objectType: 18)),
    ("audioObjectType", Config(objectType: 46), Config(objectType: 47)),
    ("audioObjectType", Config(objectType: 1, extended: 3), Config(objectType: 0, extended: 3)),
  ])
  func element(_ name: String, good: Config, bad: Config) throws {
    #expect(try inspect(sound(good.bytes)).faults == [])
    let bytes = try sound(bad.bytes)
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "invalid-audio-configuration")
    #expect(fault.message.contains(name))
    let place = bytes.firstIndex(ofBytes: [5, UInt8(bad.bytes.count)] + bad.bytes)
    #expect(fault.offset == place.map { UInt64($0) + 2 })
  }

  @Test func cutConfigurations() throws {
    // As it mostly is, with the frequency in full, and with spectral band replication.
    for (config, cut) in [
      (Config(), 1), (Config(frequency: 15, explicit: 44100), 1), (Config(extended: 3), 2), (Config(), 2),
    ] {
      #expect(try inspect(sound(config.bytes)).faults == [])
      let fault = try #require(try inspect(sound(config.bytes.dropLast(cut))).faults.first)
      #expect(fault.name == "invalid-audio-configuration")
      #expect(fault.actual == "end of the data")
    }
    // program_config_element: one pair in front, no comment.
    let named = Config(channels: 0).bytes + [0x04, 0x44, 0x00, 0x00, 0x20, 0x00]
    #expect(try inspect(sound(named)).faults == [])
    #expect(try inspect(sound(named)).facts.audioStreams?.first?.channels == 2)
    let unnamed = try inspect(sound(Config(channels: 0).bytes))
    #expect(unnamed.faults.map(\.name) == ["invalid-audio-configuration"])
  }

  /// An encoder of old left out how long the core coder's delay is, and everyone plays its files.
  @Test func whatIsForgiven() throws {
    #expect(try inspect(sound([0x12, 0x12])).faults == [])
  }

  /// The tags of the descriptors around the configuration.
  @Test(arguments: [("ES_DescrTag", 12), ("DecoderConfigDescrTag", 17), ("DecSpecificInfoTag", 32)])
  func missingDescriptor(_ name: String, at index: Int) throws {
    let bytes = try sound(Config().bytes)
    let place = try #require(bytes.isoBox("esds")) + index
    #expect(try inspect(bytes).faults == [])
    let fault = try #require(try inspect(bytes.with([9], at: place)).faults.first)
    #expect(fault.name == "missing-descriptor")
    #expect(fault.offset == UInt64(place))
    #expect(fault.expected?.contains(name) == true)
  }

  @Test func withoutAConfiguration() throws {
    let bytes = try sound(Config().bytes)
    let place = try #require(bytes.isoBox("esds")) + 32
    // It may be left out.
    let whole = try Fixture.bytes("mp4/aac.m4a")
    let parents = ["moov", "trak", "mdia", "minf", "stbl", "stsd", "mp4a"]
    let start = Array(bytes[place - 24..<place])
    let left = try #require(whole.withContents(start + [6, 1, 2], ofBox: "esds", in: parents))
    #expect(try inspect(left).faults == [])
    let short = try #require(whole.withContents(Array(start.dropLast(4)), ofBox: "esds", in: parents))
    #expect(try inspect(short).faults.map(\.name) == ["short-box"])
  }

  /// Not everything of MPEG-4 audio is AAC.
  @Test func otherCodecs() throws {
    let codecs = try [UInt32(2), 17, 8, 25, 34, 36].map { type in
      let config = Config(objectType: type).bytes + [UInt8](repeating: 0, count: 16)
      return try inspect(sound(config)).facts.audioStreams?.first?.codec
    }
    #expect(codecs == ["aac", "aac", "mp4a.40.8", "mp4a.40.25", "mp3", "mp4als"])
  }

  @Test(arguments: [(5, true), (6, false), (127, false)])
  func lengthOfTheDescriptor(_ length: UInt8, isGood: Bool) throws {
    // Nothing stands behind the configuration that the length could take in.
    let config: [UInt8] = [0x12, 0x08, 0x56, 0xe5, 0x00]
    let faults = try inspect(sound(config, length: length, behind: [])).faults
    #expect(faults.map(\.name) == (isGood ? [] : ["descriptor-past-box"]))
    if !isGood { #expect(faults.first?.expected == "≤ 5 bytes") }
  }
}

/// A real file with another configuration.
private func sound(
  _ config: some Collection<UInt8>, length: UInt8? = nil, behind: [UInt8] = [6, 1, 2]
) throws -> [UInt8] {
  let config = Array(config)
  let decoder: [UInt8] =
    [0x40, 0x15] + [UInt8](repeating: 0, count: 11) + [5, length ?? UInt8(config.count)] + config
  let stream = [0, 1, 0, 4, UInt8(decoder.count)] + decoder + behind
  return try #require(
    try Fixture.bytes("mp4/aac.m4a").withContents(
      [0, 0, 0, 0, 3, UInt8(stream.count)] + stream, ofBox: "esds",
      in: ["moov", "trak", "mdia", "minf", "stbl", "stsd", "mp4a"]))
}
