import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// What ISO base media files made by real encoders say, as ffprobe and mediainfo say it.
@Suite struct ISOBaseMediaTests {
  /// The type to declare, the container and the brand.
  @Test(arguments: [
    ("h264-high-b-aac.mp4", "video/mp4", "mp4", "isom"),
    ("h264.mov", "video/quicktime", "mov", "qt"),
    ("pcm-s16le.mov", "video/quicktime", "mov", "qt"),
    ("h263.3gp", "video/3gpp", "3gp", "3gp4"),
    ("amr.3gp", "audio/3gpp", "3gp", "3gp4"),
    ("avc.3g2", "video/3gpp2", "3g2", "3g2b"),
    ("aac.m4a", "audio/mp4", "mp4", "M4A"),
    ("aac-brand-isom.mp4", "audio/mp4", "mp4", "isom"),
    ("cover.m4a", "audio/mp4", "mp4", "M4A"),
    ("cover-track.mp4", "audio/mp4", "mp4", "isom"),
    ("chapters.m4a", "audio/mp4", "mp4", "M4A"),
    ("fragmented.m4a", "audio/mp4", "mp4", "M4A"),
    ("picture.heic", "image/heic", "heif", "heic"),
    ("picture.avif", "image/avif", "avif", "avif"),
  ])
  func typeAndContainer(
    _ name: String, mediaType: MediaType, container: String, brand: String
  ) throws {
    let inspection = try inspect(fixture: "mp4/" + name)
    #expect(inspection.mediaType == mediaType)
    #expect(inspection.facts.container == container)
    #expect(inspection.facts.brand == brand)
  }

  struct Video: Sendable {
    var name: String
    var codec = "h264"
    var profile: String?
    var level: String?
    var size = [64, 64]
    var bitDepth: Int? = 8
    var chroma: String? = "4:2:0"
    var bFrames: Bool? = false
    var frameRate = 25.0
  }

  @Test(arguments: [
    Video(name: "h264-high-b-aac.mp4", profile: "High", level: "1", bFrames: true),
    Video(name: "h264-high-aac-faststart.mp4", profile: "High", level: "1"),
    Video(name: "h264-baseline.mp4", profile: "Constrained Baseline", level: "1"),
    Video(name: "h264-main-level-1b.mp4", profile: "Main", level: "1b"),
    Video(name: "h264-main-cropped.mp4", profile: "Main", level: "1", size: [62, 50], frameRate: 30),
    Video(name: "h264-10-bit.mp4", profile: "High 10", level: "1", bitDepth: 10),
    Video(name: "h264-422.mp4", profile: "High 4:2:2", level: "1", chroma: "4:2:2"),
    Video(name: "h264-444.mp4", profile: "High 4:4:4 Predictive", level: "1", chroma: "4:4:4"),
    Video(name: "rotated.mp4", profile: "High", level: "1", bFrames: true),
    Video(name: "hevc-10-bit.mp4", codec: "hevc", profile: "Main 10", level: "1", bitDepth: 10),
    Video(name: "av1.mp4", codec: "av1", profile: "Main", level: "2.0", bFrames: nil),
    Video(name: "vp9.mp4", codec: "vp9", profile: "Profile 0", level: "1", bFrames: nil),
    Video(
      name: "mpeg4.mp4", codec: "mpeg4", profile: "Simple Profile", level: "1", bitDepth: nil, chroma: nil),
    Video(
      name: "xvid.mp4", codec: "mpeg4", profile: "Simple Profile", level: "3", bitDepth: nil, chroma: nil),
    Video(
      name: "h263.3gp", codec: "h263", profile: "Baseline", level: "10", size: [128, 96], bitDepth: nil,
      chroma: nil, bFrames: nil, frameRate: 10),
    Video(name: "mjpeg.mov", codec: "mjpeg", bitDepth: nil, chroma: nil, bFrames: nil, frameRate: 10),
    Video(
      name: "prores.mov", codec: "prores", profile: "Standard", bitDepth: 10, chroma: "4:2:2", bFrames: nil,
      frameRate: 10),
    Video(name: "fragmented.mp4", profile: "High", level: "1", bFrames: true),
    Video(name: "encrypted.mp4", profile: "High", level: "1", bFrames: true),
  ])
  func video(_ expected: Video) throws {
    let inspection = try inspect(fixture: "mp4/" + expected.name)
    #expect(inspection.faults == [])
    let streams = try #require(inspection.facts.videoStreams)
    try #require(streams.count == 1)
    let stream = streams[0]
    #expect(stream.codec == expected.codec)
    #expect(stream.profile == expected.profile)
    #expect(stream.level == expected.level)
    #expect([stream.width, stream.height] == expected.size)
    #expect([inspection.facts.width, inspection.facts.height] == expected.size)
    #expect(stream.bitDepth == expected.bitDepth)
    #expect(stream.chroma == expected.chroma)
    #expect(stream.bFrames == expected.bFrames)
    #expect(abs((stream.frameRate ?? 0) - expected.frameRate) < 0.01)
  }

  @Test(
    arguments: [
      ("aac.m4a", "aac", "LC", 1, 44100), ("aac-5.1.m4a", "aac", "LC", 6, 44100),
      ("mp3-mono.mp4", "mp3", nil, 1, 44100), ("opus.mp4", "opus", nil, 1, 48000),
      ("vorbis.mp4", "vorbis", nil, 1, 44100), ("flac.mp4", "flac", nil, 1, 44100),
      ("alac.m4a", "alac", nil, 1, 44100), ("ac3.mp4", "ac3", nil, 1, 44100),
      ("amr.3gp", "amr_nb", nil, 1, 8000), ("ima4.mov", "adpcm_ima_qt", nil, 1, 8000),
      ("pcm-s16le.mov", "pcm_s16le", nil, 1, 8000), ("pcm-s24le.mov", "pcm_s24le", nil, 1, 8000),
      ("pcm-96000.mov", "pcm_s16be", nil, 1, 96000), ("encrypted.mp4", "aac", "LC", 1, 44100),
      ("fragmented.m4a", "aac", "LC", 1, 44100),
    ] as [(String, String, String?, Int, Int)])
  func sound(
    _ name: String, codec: String, profile: String?, channels: Int, sampleRate: Int
  ) throws {
    let inspection = try inspect(fixture: "mp4/" + name)
    #expect(inspection.faults == [])
    let streams = try #require(inspection.facts.audioStreams)
    try #require(streams.count == 1)
    #expect(streams[0].codec == codec)
    #expect(streams[0].profile == profile)
    #expect(streams[0].channels == channels)
    #expect(streams[0].sampleRate == sampleRate)
  }

  @Test func bitRateIsWhatTheSamplesComeTo() throws {
    #expect(try inspect(fixture: "mp4/amr.3gp").facts.audioStreams?.first?.bitRate == 5200)
    #expect(try inspect(fixture: "mp4/pcm-s24le.mov").facts.audioStreams?.first?.bitRate == 192000)
  }

  /// The duration with edits applied, and in fragments added up.
  @Test(arguments: [
    ("h264-high-b-aac.mp4", 400.0), ("aac.m4a", 300), ("h264-main-cropped.mp4", 200), ("amr.3gp", 400),
    ("pcm-96000.mov", 20), ("fragmented.mp4", 400), ("fragmented.m4a", 323), ("fragmented-sidx.mp4", 400),
  ])
  func duration(_ name: String, milliseconds: Double) throws {
    let facts = try inspect(fixture: "mp4/" + name).facts
    #expect(abs((facts.durationMilliseconds ?? 0) - milliseconds) < 1)
  }

  @Test func streamsAreCounted() throws {
    let facts = try inspect(fixture: "mp4/two-sounds.mp4").facts
    #expect(facts.videoStreams?.count == 1)
    #expect(facts.audioStreams?.count == 2)
    #expect(try inspect(fixture: "mp4/aac.m4a").facts.videoStreams == [])
    #expect(try inspect(fixture: "mp4/h264-baseline.mp4").facts.audioStreams == [])
  }

  @Test func coversAndChaptersAreNoVideo() throws {
    for name in ["cover.m4a", "cover-track.mp4", "chapters.m4a"] {
      let facts = try inspect(fixture: "mp4/" + name).facts
      #expect(facts.videoStreams == [], "\(name)")
      #expect(facts.width == nil, "\(name)")
    }
  }

  @Test func orderOfIndexAndData() throws {
    #expect(try inspect(fixture: "mp4/h264-high-b-aac.mp4").facts.fastStart == false)
    #expect(try inspect(fixture: "mp4/h264-high-aac-faststart.mp4").facts.fastStart == true)
    #expect(try inspect(fixture: "mp4/h264-high-b-aac.mp4").facts.fragmented == false)
    #expect(try inspect(fixture: "mp4/fragmented.mp4").facts.fragmented == true)
    #expect(try inspect(fixture: "mp4/fragmented.mp4").facts.fastStart == true)
  }

  @Test func encryptionIsSeenUnderWhichTheCodecStands() throws {
    #expect(try inspect(fixture: "mp4/encrypted.mp4").facts.encrypted == true)
    #expect(try inspect(fixture: "mp4/h264-high-b-aac.mp4").facts.encrypted == nil)
  }

  @Test(arguments: ["location.mp4", "location.3gp", "location-keys.mov"])
  func location(_ name: String) throws {
    let bytes = try Fixture.bytes("mp4/" + name)
    let offset = try #require(try inspect(bytes).locationMetadataOffset)
    // The note itself begins there: its size, and then its name or the number of its key.
    let type = Array(bytes[Int(offset) + 4..<Int(offset) + 8])
    #expect([Array("loci".utf8), [0xa9, 0x78, 0x79, 0x7a], [0, 0, 0, 1]].contains(type))
    #expect(try inspect(fixture: "mp4/h264.mov").locationMetadataOffset == nil)
  }

  /// Recorders without a fix write the note all the same.
  @Test(arguments: ["location.mp4", "location.3gp", "location-keys.mov"])
  func aLocationOfZerosIsNone(_ name: String) throws {
    var bytes = try Fixture.bytes("mp4/" + name)
    let note = Int(try #require(try inspect(bytes).locationMetadataOffset))
    if bytes[(note + 4)...].starts(with: "loci".utf8) {
      // Behind the box's header, version, flags and language: an empty name, a role and the coordinates.
      for index in 14..<28 { bytes[note + index] = 0 }
      #expect(try inspect(bytes).locationMetadataOffset == nil)
      // A name without coordinates gives the place away all the same.
      bytes[note + 14] = UInt8(ascii: "B")
      #expect(try inspect(bytes).locationMetadataOffset == UInt64(note))
    } else {
      let digits = bytes.indices[(note + 24)..<(note + 42)]
      for index in digits where (0x31...0x39).contains(bytes[index]) { bytes[index] = 0x30 }
      #expect(try inspect(bytes).locationMetadataOffset == nil)
    }
  }

  @Test func picturesHaveTheSizeOfTheirPrimaryItem() throws {
    for name in ["picture.heic", "picture.avif"] {
      let inspection = try inspect(fixture: "mp4/" + name)
      #expect([inspection.facts.width, inspection.facts.height] == [16, 16], "\(name)")
      #expect(inspection.facts.bitDepth == 8, "\(name)")
      #expect(inspection.faults == [], "\(name)")
    }
  }

  /// ISO/IEC 14496-3, 1.6.2.1: the newer tools announced in front of what they enhance.
  @Test(
    arguments: [
      ([0x2b, 0x92, 0x08, 0x00, 0x00], "HE-AAC", 2, 44100),
      ([0xeb, 0x8a, 0x08, 0x00, 0x00], "HE-AACv2", 2, 44100),
      ([0x13, 0x90, 0x56, 0xe5, 0xa0], "HE-AAC", 2, 44100),
      ([0x0a, 0x10, 0x00, 0x00, 0x00], "Main", 2, 44100),
      ([0x21, 0x88, 0x00, 0x00, 0x00], "LTP", 1, 48000),
      ([0xba, 0x08, 0x00, 0x00, 0x00], "LD", 1, 44100),
      ([0xf8, 0xe8, 0x40, 0x00, 0x00], "ELD", 2, 44100),
    ] as [([UInt8], String, Int, Int)])
  func audioSpecificConfig(
    _ config: [UInt8], profile: String, channels: Int, sampleRate: Int
  ) throws {
    var bytes = try Fixture.bytes("mp4/aac.m4a")
    let place = try #require(bytes.firstIndex(ofBytes: [0x12, 0x08, 0x56, 0xe5, 0x00]))
    bytes.replaceSubrange(place..<place + 5, with: config)
    let stream = try inspect(bytes).facts.audioStreams?.first
    #expect(stream?.profile == profile)
    #expect(stream?.channels == channels)
    #expect(stream?.sampleRate == sampleRate)
  }

  /// Brands that libmagic doesn't know; the file is what its compatible brands and its tracks say.
  @Test(arguments: [
    "hvc1", "mp4v", "msdh", "cmfc", "piff", "3gf5", "f4v ", "kddi", "MSNV", "dash", "iso6", "M4V ", "M4A ",
  ])
  func brandsOfMP4(_ brand: String) throws {
    var bytes = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    bytes.replaceSubrange(8..<12, with: brand.utf8)
    #expect(try inspect(bytes).mediaType == "video/mp4")
    var sound = try Fixture.bytes("mp4/aac-brand-isom.mp4")
    sound.replaceSubrange(8..<12, with: brand.utf8)
    #expect(try inspect(sound).mediaType == "audio/mp4")
  }

  @Test(arguments: [
    ("3gp5", "video/3gpp"), ("3gr6", "video/3gpp"), ("3g2a", "video/3gpp2"), ("qt  ", "video/quicktime"),
    ("crx ", "image/x-canon-cr3"),
  ])
  func brandsOfOthers(_ brand: String, _ mediaType: MediaType) throws {
    var bytes = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    bytes.replaceSubrange(8..<12, with: brand.utf8)
    #expect(try inspect(bytes).mediaType == mediaType)
  }

  @Test(arguments: [
    ("mif1", "image/avif"), ("avis", "image/avif"), ("zzzz", "image/avif"), ("heix", "image/heic"),
    ("hevc", "image/heic-sequence"), ("msf1", "image/heif-sequence"),
  ])
  func brandsOfPictures(_ brand: String, _ mediaType: MediaType) throws {
    var bytes = try Fixture.bytes("mp4/picture.avif")
    bytes.replaceSubrange(8..<12, with: brand.utf8)
    #expect(try inspect(bytes).mediaType == mediaType)
  }

  @Test func otherFormatsWithTheseBoxesAreLeftToOthers() throws {
    let jpeg2000 = isoBox("jP  ", [0x0d, 0x0a, 0x87, 0x0a]) + isoBox("ftyp", Array("jp2 \0\0\0\0jp2 ".utf8))
    #expect(try inspect(jpeg2000).facts.container == nil)
    #expect(try inspect(isoBox("ftyp", Array("jp2 \0\0\0\0jp2 ".utf8))).facts.container == nil)
    #expect(try inspect(Array("The free software, written down as text.".utf8)).facts.container == nil)
  }
}
