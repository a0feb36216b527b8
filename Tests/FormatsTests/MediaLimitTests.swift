import MediaPreflight
import PreflightBytes
import PreflightFacts
import PreflightInspection
@testable import PreflightTestSupport
import Testing

/// What a limit of ours keeps from being checked in audio and video: it is said, and never called damage.
@Suite struct MediaLimitTests {
  // MARK: ISO base media

  /// A movie whose index stands behind the media data, and the children of its movie box.
  private func movie(_ name: String) throws -> (data: [UInt8], index: [UInt8]) {
    let bytes = try Fixture.bytes("mp4/\(name)")
    let index = try #require(bytes.isoBox("moov"))
    return (Array(bytes[..<index]), Array(bytes[index + 8..<index + bytes.bigEndian32(at: index)]))
  }

  @Test(arguments: [(256, []), (257, ["tracks after the first 256"])])
  func tracks(_ count: Int, unchecked: [String]) throws {
    let (data, index) = try movie("h264-baseline.mp4")
    let track = try #require(index.isoBox("trak"))
    let end = track + index.bigEndian32(at: track)
    let tracks = repeated(Array(index[track..<end]), count)
    let bytes = data + isoBox("moov", Array(index[..<track]) + tracks + Array(index[end...]))
    let inspection = try expectUnchecked(unchecked, in: bytes)
    #expect(inspection.facts.videoStreams?.count == 256)
  }

  @Test func aMovieThatIsTooLongDecompressed() throws {
    let (data, _) = try movie("h264-baseline.mp4")
    let packed = isoBox("cmvd", bigEndian(UInt32.max) + deflateBomb(8200))
    let bytes = data + isoBox("moov", isoBox("cmov", isoBox("dcom", Array("zlib".utf8)) + packed))
    let inspection = try expectUnchecked(["the compressed movie box"], in: bytes)
    // Nothing is known of its tracks, so that nothing is missed.
    #expect(inspection.facts.videoStreams == nil && inspection.facts.audioStreams == nil)
  }

  @Test func parameterSets() throws {
    let bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let place = try #require(bytes.isoBox("avcC"))
    let sets = Array(bytes[place + 8..<place + bytes.bigEndian32(at: place)])
    let parents = ["moov", "trak", "mdia", "minf", "stbl", "stsd", "avc1"]
    for (padding, unchecked) in [(1000, []), (1 << 16, ["parameter sets after the first 64 KiB"])] {
      let longer = sets + [UInt8](repeating: 0, count: padding)
      let changed = try #require(bytes.withContents(longer, ofBox: "avcC", in: parents))
      let inspection = try expectUnchecked(unchecked, in: changed)
      #expect(inspection.facts.videoStreams?.first?.width == 64)
    }
  }

  @Test(arguments: [(254, []), (255, ["brands after the first 1 KiB"])])
  func brands(_ count: Int, unchecked: [String]) throws {
    let (data, index) = try movie("h264-baseline.mp4")
    let type = Array("isom".utf8) + [0, 0, 2, 0] + repeated(Array("isom".utf8), count)
    let rest = Array(data[data.bigEndian32(at: 0)...])
    // The places of the samples are those of the file as it was.
    let shift = type.count + 8 - data.bigEndian32(at: 0)
    var moved = index
    let table = try #require(moved.isoBox("stco"))
    for entry in 0..<moved.bigEndian32(at: table + 12) {
      let position = table + 16 + 4 * entry
      moved = moved.with(bigEndian(UInt32(moved.bigEndian32(at: position) + shift)), at: position)
    }
    try expectUnchecked(unchecked, in: isoBox("ftyp", type) + rest + isoBox("moov", moved))
  }

  @Test(arguments: [(4096, []), (4097, ["properties after the first 4096"])])
  func propertiesOfImages(_ count: Int, unchecked: [String]) throws {
    let list = isoBox("ipco", repeated(isoBox("ispe", [UInt8](repeating: 0, count: 12)), count))
    let bytes =
      isoBox("ftyp", Array("heic\0\0\0\0mif1heic".utf8))
      + isoBox("meta", [0, 0, 0, 0] + isoBox("iprp", list))
    try expectUnchecked(unchecked, in: bytes)
  }

  // MARK: Ogg

  @Test(arguments: [(64, []), (65, ["streams after the first 64"])])
  func streams(_ count: Int, unchecked: [String]) throws {
    let pages = (0..<UInt32(count)).flatMap { oggPage([0x79], serial: $0, flags: 6) }
    try expectUnchecked(unchecked, in: pages)
  }

  @Test func whatMayBePages() throws {
    // Beginnings of long pages, each of which would have to be summed.
    let head = oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
    let begin = Array("OggS".utf8) + [UInt8](repeating: 0, count: 22) + [255]
    let junk = repeated(begin + [UInt8](repeating: 255, count: 100), 2000)
    try expectUnchecked(["pages after invalid data"], in: head + [1] + junk)
  }

  // MARK: MPEG audio

  private static let tag = Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 0]

  @Test func tags() throws {
    let junk = [UInt8](repeating: 1, count: 5000)
    // Whatever is behind the tags that are skipped, a frame would be found.
    for count in [Limits.AudioTags.count, Limits.AudioTags.count + 1] {
      let inspection = try inspect(repeated(Self.tag, count) + junk)
      #expect(inspection.faults.map(\.name) == ["no-frames"])
      #expect(inspection.unchecked == [])
    }
    let audio = try Fixture.bytes("audio/no-index.mp3")
    try expectUnchecked([], in: repeated(Self.tag, 1000) + repeated(audio, 3))
  }

  /// Audio behind a tag is looked for in the whole file.
  @Test func audioFarBehindATag() throws {
    let audio = try Fixture.bytes("audio/no-index.mp3")
    let junk = [UInt8](repeating: 1, count: 3 << 20)
    let inspection = try expectUnchecked([], in: Self.tag + junk + repeated(audio, 1000))
    #expect(inspection.facts.audioStreams?.first?.codec == "mp3")
  }

  @Test(arguments: [(30, false), (60, true)])
  func triesOfFreeFormat(_ count: Int, isLimited: Bool) throws {
    // Headers of free-format frames, no three of them at equal distances: the numbers without a 2 in base 3.
    var bytes = Self.tag + [UInt8](repeating: 1, count: 24 << 10)
    for index in 0..<count {
      let step = (0..<6).reduce(0) { $0 + (index >> $1 & 1) * [1, 3, 9, 27, 81, 243][$1] }
      bytes = bytes.with([0xff, 0xfb, 0x00, 0x00], at: Self.tag.count + 8 * (step + 1))
    }
    guard !isLimited else {
      try expectUnchecked(["free-format frames"], in: bytes)
      return
    }
    let inspection = try inspect(bytes)
    #expect(inspection.faults.map(\.name) == ["no-frames"])
    #expect(inspection.unchecked == [])
  }
}
