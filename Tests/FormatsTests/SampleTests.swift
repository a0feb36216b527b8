import MediaPreflight
import PreflightInspection
@testable import PreflightTestSupport
import Testing

/// The samples of a movie, held against what their coders can write.
@Suite struct SampleTests {
  /// Where the first chunk of the first track begins.
  private func firstChunk(_ bytes: [UInt8]) throws -> Int {
    let table = try #require(bytes.isoBox("stco"))
    return bytes.bigEndian32(at: table + 16)
  }

  private func faults(_ bytes: [UInt8]) throws -> [NamedFault] { try inspect(bytes).namedFaults }

  // MARK: - Video

  @Test(arguments: ["h264-high-b-aac.mp4", "h264-high-aac-faststart.mp4", "hevc-10-bit.mp4"])
  func startCodesInPlaceOfLengths(_ name: String) throws {
    let whole = try Fixture.bytes("mp4/\(name)")
    #expect(try inspect(whole).faults == [])
    var bytes = whole
    var position = try firstChunk(whole)
    for _ in 0..<2 {
      let length = whole.bigEndian32(at: position)
      bytes.replaceSubrange(position..<position + 4, with: [0, 0, 0, 1])
      position += 4 + length
    }
    #expect(try inspect(bytes).faults.map(\.name) == ["nal-unit-past-sample"])
  }

  @Test func headersOfUnits() throws {
    let whole = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    let unit = try firstChunk(whole)
    let name = "invalid-nal-unit-header"
    #expect(try faults(whole.with([whole[unit + 4] | 0x80], at: unit + 4)) == [NamedFault(name, unit)])
    // In H.265, a temporal identifier of 0 as well.
    let other = try Fixture.bytes("mp4/hevc-10-bit.mp4")
    let first = try firstChunk(other)
    #expect(try faults(other.with([other[first + 5] & 0xf8], at: first + 5)) == [NamedFault(name, first)])
  }

  @Test func bytesThatNoUnitContains() throws {
    let whole = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    let unit = try firstChunk(whole) + 4
    for (third, names) in [(0, ["start-code-in-nal-unit"]), (2, ["start-code-in-nal-unit"]), (3, [])]
      as [(UInt8, [String])]
    {
      let bytes = whole.with([1, 0, 0, third, 1], at: unit + 30)
      #expect(try inspect(bytes).faults.map(\.name) == names, "\(third)")
    }
  }

  @Test func zerosAtTheEndOfAUnit() throws {
    let whole = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    let unit = try firstChunk(whole)
    let end = unit + 4 + whole.bigEndian32(at: unit)
    for (count, isFine) in [(15, true), (16, false)] {
      // A byte before them that isn't zero.
      let bytes = whole.with([9] + [UInt8](repeating: 0, count: count), at: end - count - 1)
      #expect(try inspect(bytes).faults.isEmpty == isFine, "\(count)")
    }
  }

  // MARK: - Audio

  @Test func beginningsOfBlocks() throws {
    let whole = try Fixture.bytes("mp4/aac.m4a")
    let start = try firstChunk(whole)
    // A channel pair with a common window: 49 bands at most at 44.1 kHz, no prediction in LC, ms_mask_present below 3.
    for (bytes, isFine) in [
      ([0x21, 0x0c, 0x40], true), ([0x21, 0x0c, 0x80], false), ([0x21, 0x0c, 0x50], true),
      ([0x21, 0x0c, 0x58], false), ([0x21, 0x0c, 0x60], false), ([0x21, 0x8c, 0x40], false),
      // A block that ends where it begins; one that begins with a fill element.
      ([0xe0, 0x0c, 0x40], false), ([0xc0, 0x0c, 0x40], true),
    ] as [([UInt8], Bool)] {
      let found = try faults(whole.with(bytes, at: start))
      #expect(found == (isFine ? [] : [NamedFault("invalid-aac-block", start)]), "\(bytes)")
    }
  }

  @Test(arguments: ["aac.m4a", "mp3-mono.mp4", "opus.mp4"])
  func audioOfZeros(_ name: String) throws {
    let whole = try Fixture.bytes("mp4/\(name)")
    let start = try firstChunk(whole)
    let bytes = whole.with([UInt8](repeating: 0, count: 600), at: start)
    #expect(try inspect(bytes).faults.map(\.name) == ["sample-of-zeros"])
  }

  /// The samples are frames of 13 bytes.
  @Test func framesOfSpeech() throws {
    let whole = try Fixture.bytes("mp4/amr.3gp")
    let second = try firstChunk(whole) + 13
    for (bytes, offset) in [
      ([0x04], nil), ([0x00], nil),
      // A reserved type, the padding bit, and frames that are longer and shorter than the sample.
      ([0x64], 0), ([0x84], 0), ([0x0c], 0), ([0x44], 6),
      // Frames of 6 and 7 bytes, and 13 without data.
      ([0x44, 0, 0, 0, 0, 0, 0x4c], nil), ([UInt8](repeating: 0x7c, count: 13), nil),
    ] as [([UInt8], Int?)] {
      let found = try faults(whole.with(bytes, at: second))
      #expect(found == (offset.map { [NamedFault("invalid-amr-frame", second + $0)] } ?? []), "\(bytes)")
    }
  }

  @Test func silenceMayBeZeros() throws {
    let whole = try Fixture.bytes("mp4/pcm-s16le.mov")
    let bytes = whole.with([UInt8](repeating: 0, count: 600), at: try firstChunk(whole))
    #expect(try inspect(bytes).faults == [])
  }

  // MARK: - Times

  /// A track whose samples all last as long, in seconds: the one entry of its time table and its time scale are set.
  private func track(_ name: String, delta: UInt32, timescale: UInt32) throws -> [UInt8] {
    let whole = try Fixture.bytes("mp4/\(name)")
    let (header, times) = (try #require(whole.isoBox("mdhd")), try #require(whole.isoBox("stts")))
    var bytes = whole.with(bigEndian(timescale), at: header + 20)
    for entry in 0..<whole.bigEndian32(at: times + 12) {
      bytes = bytes.with(bigEndian(delta), at: times + 20 + 8 * entry)
    }
    // What is cut off at the beginning doesn't come to more than there is.
    guard let edits = bytes.isoBox("elst") else { return bytes }
    return bytes.with([0, 0, 0, 0], at: edits + 20)
  }

  @Test(
    arguments: [
      ("h264-high-b-aac.mp4", 1, 10_000, true), ("h264-high-b-aac.mp4", 1, 10_001, false),
      ("h264-high-b-aac.mp4", 300, 1, true), ("h264-high-b-aac.mp4", 301, 1, false),
      ("h264-high-b-aac.mp4", 0, 1000, false),
      ("aac.m4a", 1, 2000, true), ("aac.m4a", 1, 2001, false), ("aac.m4a", 10, 1, true),
      ("aac.m4a", 11, 1, false),
      // Uncompressed audio has a sample for each moment.
      ("pcm-s16le.mov", 1, 96_000, true),
    ] as [(String, UInt32, UInt32, Bool)])
  func timesThatNoRecordingHas(_ name: String, _ delta: UInt32, _ timescale: UInt32, _ isFine: Bool) throws {
    let names = try inspect(track(name, delta: delta, timescale: timescale)).faults.map(\.name)
    #expect(names == (isFine ? [] : ["impossible-times"]))
  }

  /// A movie whose first track has other edits, by their media_time.
  private func edited(_ name: String, isLong: Bool = false, _ times: [Int64]) throws -> [UInt8] {
    let edits = times.flatMap { time -> [UInt8] in
      isLong
        ? bigEndian(UInt64(300)) + bigEndian(UInt64(bitPattern: time)) + [0, 1, 0, 0]
        : bigEndian(UInt32(300)) + bigEndian(UInt32(bitPattern: Int32(time))) + [0, 1, 0, 0]
    }
    let list = [isLong ? 1 : 0, 0, 0, 0] + bigEndian(UInt32(times.count)) + edits
    return try #require(
      Fixture.bytes("mp4/\(name)").withContents(list, ofBox: "elst", in: ["moov", "trak", "edts"]))
  }

  /// The audio lasts 14,254 ticks. The pictures last 5,120, and are shown up to 2,048 later than they are decoded.
  @Test(
    arguments: [
      ("aac.m4a", [14_253], true), ("aac.m4a", [14_254], false), ("aac.m4a", [Int64(Int32.max)], false),
      ("h264-high-b-aac.mp4", [7167], true), ("h264-high-b-aac.mp4", [7168], false),
      // An empty edit shows nothing, and may come first; one part of the media is enough.
      ("aac.m4a", [-1, 14_253], true), ("aac.m4a", [-1, 14_254], false), ("aac.m4a", [14_254, 0], true),
      ("aac.m4a", [-1], true), ("aac.m4a", [], true), ("aac.m4a", [Int64(Int32.min)], true),
    ] as [(String, [Int64], Bool)])
  func editsBehindTheEnd(_ name: String, _ times: [Int64], _ isFine: Bool) throws {
    for isLong in [false, true] {
      let bytes = try edited(name, isLong: isLong, times)
      let box = try #require(bytes.isoBox("elst"))
      #expect(try faults(bytes) == (isFine ? [] : [NamedFault("edit-past-media", box)]))
    }
  }

  @Test func longTimesOfEdits() throws {
    #expect(try inspect(edited("aac.m4a", isLong: true, [.min])).faults == [])
    #expect(try inspect(edited("aac.m4a", isLong: true, [.max])).faults.map(\.name) == ["edit-past-media"])
    // 32 bits of it would be 0.
    #expect(try inspect(edited("aac.m4a", isLong: true, [1 << 32])).faults.map(\.name) == ["edit-past-media"])
  }

  /// Players play on without a list that they can't read.
  @Test func editsThatCannotBeRead() throws {
    let bytes = try edited("aac.m4a", [0, 14_254])
    let box = try #require(bytes.isoBox("elst"))
    #expect(try inspect(bytes.with(bigEndian(UInt32.max), at: box + 12)).faults == [])
  }

  @Test(arguments: [("aac.m4a", 14), ("h264-high-b-aac.mp4", 10)])
  func samplesWithoutBytes(_ name: String, count: Int) throws {
    let whole = try Fixture.bytes("mp4/\(name)")
    let (table, sizes) = (try #require(whole.isoBox("stbl")), try #require(whole.isoBox("stsz")))
    #expect(whole.bigEndian32(at: sizes + 16) == count)
    let empty = whole.with([UInt8](repeating: 0, count: 4 * count), at: sizes + 20)
    let inspection = try inspect(empty)
    #expect(inspection.namedFaults == [NamedFault("empty-samples", table)])
    #expect(inspection.faults.first?.actual == "\(count) empty samples")
    let last = empty.with(bigEndian(UInt32(1)), at: sizes + 16 + 4 * count)
    #expect(try !inspect(last).faults.map(\.name).contains("empty-samples"))
  }

  /// Fragments may follow with what there is to play.
  @Test func moviesThatMayContinue() throws {
    let whole = try edited("aac.m4a", [14_254])
    let sizes = try #require(whole.isoBox("stsz"))
    let other = try #require(whole.isoBox("udta"))
    let empty = whole.with([UInt8](repeating: 0, count: 4 * 14), at: sizes + 20)
    #expect(try inspect(empty).faults.map(\.name) == ["edit-past-media", "empty-samples"])
    #expect(try inspect(empty.with(Array("mvex".utf8), at: other + 4)).faults == [])
  }

  // MARK: - Boxes

  @Test func zeroTimescaleAndNoChannels() throws {
    let whole = try Fixture.bytes("mp4/aac.m4a")
    let header = try #require(whole.isoBox("mdhd"))
    let names = try inspect(whole.with([0, 0, 0, 0], at: header + 20)).faults.map(\.name)
    #expect(names == ["zero-timescale"])
    let plain = try Fixture.bytes("mp4/pcm-s16le.mov")
    let entry = try #require(plain.isoBox("sowt"))
    #expect(try inspect(plain.with([0, 0], at: entry + 24)).faults.map(\.name) == ["no-channels"])
    // Players take the channels of AAC from its own configuration.
    let own = try #require(whole.isoBox("mp4a"))
    #expect(try inspect(whole.with([0, 0], at: own + 24)).faults == [])
  }

  @Test func mediaDataMayBeDeclaredTooLong() throws {
    let whole = try Fixture.bytes("mp4/h264-high-aac-faststart.mp4")
    let box = try #require(whole.isoBox("mdat"))
    let size = whole.bigEndian32(at: box)
    let longer = whole.with(bigEndian(UInt32(size + 4000)), at: box)
    #expect(try inspect(longer).faults == [])
    // A byte of a sample is missing.
    #expect(try inspect(Array(longer.dropLast())).faults.map(\.name).contains("truncated"))
  }

  @Test func zerosInPlaceOfBoxes() throws {
    let whole = try Fixture.bytes("mp4/aac.m4a")
    let list = try #require(whole.isoBox("ilst"))
    let bytes = whole.with([UInt8](repeating: 0, count: whole.count - list), at: list)
    #expect(try inspect(bytes).faults.map(\.name) == ["zeros-in-box"])
    // A list may end with four zeros, or a few more.
    let box = try #require(whole.isoBox("udta"))
    let contents = Array(whole[box + 8..<box + whole.bigEndian32(at: box)])
    for (count, isFine) in [(15, true), (16, false)] {
      let padded = contents + [UInt8](repeating: 0, count: count)
      let bytes = try #require(whole.withContents(padded, ofBox: "udta", in: ["moov"]))
      #expect(try inspect(bytes).faults.isEmpty == isFine, "\(count)")
    }
  }
}
