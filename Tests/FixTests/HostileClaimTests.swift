import MediaPreflight
@testable import PreflightFix
@testable import PreflightTestSupport
import Testing

/// Numbers of a file that make no sense. Arithmetic on them must not stop the process, nor take longer than the file is
/// long.
@Suite struct HostileClaimTests {
  private func make(_ step: FixStep, of bytes: [UInt8]) throws -> [UInt8] {
    let source = MemorySource(bytes)
    return try SplicedSource(step.splice(of: source), of: source).contents(upTo: 1 << 24)
  }

  // MARK: Matroska

  private static let aac = matroskaTrack("A_AAC", setup: [0x11, 0x90])
  private static let opus = matroskaTrack("A_OPUS", setup: opusHead())
  private static let picture =
    ebml([0xe0], ebml([0xb0], [16]) + ebml([0xba], [16]))
    + matroskaTrack("V_MPEG4/ISO/AVC", isVideo: true, setup: [1, 66, 0, 10, 0xff, 0xe1, 0])

  private func simpleBlocks(_ times: [Int16]) -> [UInt8] {
    times.flatMap { ebml([0xa3], matroskaBlock(time: $0, [0x21, 0x10])) }
  }

  /// Timestamps that are further apart than a number of 64 bits can say.
  @Test(arguments: [UInt64(Int64.max), 1 << 62])
  func timestampsAreTooFarApart(_ tick: UInt64) throws {
    for (track, step) in [(Self.aac, FixStep.repack(.mp4Audio)), (Self.picture, .repack(.mp4Video))] {
      for times in [[-1, 1], [1, -1], [-2, 1]] as [[Int16]] {
        let file = matroska(tick: tick, tracks: [track], cluster: simpleBlocks(times))
        #expect(throws: RewriteError.inconsistent) { try make(step, of: file) }
      }
    }
  }

  @Test func tracksBeginTooFarApart() throws {
    let blocks =
      ebml([0xa3], matroskaBlock(time: -1, [0x21, 0x10]))
      + ebml([0xa3], matroskaBlock(track: 2, time: 1, [0x21, 0x10]))
    let file = matroska(tick: UInt64(Int64.max), tracks: [Self.aac, Self.aac], cluster: blocks)
    #expect(throws: RewriteError.inconsistent) { try make(.repack(.mp4Audio), of: file) }
  }

  /// More padding than audio is no padding.
  @Test(arguments: [Int64.max, .min, 1 << 60])
  func paddingOfCenturies(_ padding: Int64) throws {
    func file(_ padding: [UInt8]) -> [UInt8] {
      let group = ebml([0xa1], matroskaBlock(time: 0, [0x78, 1, 2])) + padding
      return matroska(tracks: [Self.opus], cluster: ebml([0xa0], group))
    }
    #expect(
      try make(.repack(.ogg), of: file(ebml([0x75, 0xa2], bigEndian(padding))))
        == make(.repack(.ogg), of: file([])))
  }

  /// A header that doesn't fit on a page of Ogg.
  @Test func anOpusHeaderIsLongerThanAPage() throws {
    let setup = opusHead() + [UInt8](repeating: 0, count: 65_100)
    let block = ebml([0xa3], matroskaBlock(time: 0, [0x78, 1, 2]))
    let file = matroska(tracks: [matroskaTrack("A_OPUS", setup: setup)], cluster: block)
    #expect(throws: RewriteError("a packet is too long for a page")) { try make(.repack(.ogg), of: file) }
  }

  // MARK: Boxes

  /// Boxes inside one another, which a reader that calls itself can't follow.
  @Test(arguments: ["trak", "udta"])
  func boxesInBoxes(_ type: String) throws {
    let count = 1 << 20
    var nest: [UInt8] = []
    nest.reserveCapacity(8 * count)
    for level in 0..<count { nest += bigEndian(UInt32(8 * (count - level))) + Array(type.utf8) }
    let file = isoBox("ftyp", Array("isom\0\0\0\0".utf8)) + isoBox("mdat", [0]) + isoBox("moov", nest)
    for step in [FixStep.fastStart, .removeLocation] { #expect(try make(step, of: file).count == file.count) }
  }

  /// Each fragment of a track says when it begins, which is compared with how long the track is by then.
  @Test func manyFragmentsOfManySamples() throws {
    let header = isoBox(
      "tfhd", bigEndian(UInt32(0x18)) + bigEndian(UInt32(1)) + [UInt8](repeating: 0, count: 8))
    let run = isoBox("trun", bigEndian(UInt32(0)) + bigEndian(UInt32(100_000)))
    let time = isoBox("tfdt", [UInt8](repeating: 0, count: 8))
    let fragments = isoBox("traf", header + time + run) + repeated(isoBox("traf", header + time), 5000)
    let file = try Fixture.bytes("mp4/fragmented.mp4") + isoBox("moof", fragments)
    #expect(throws: Never.self) { try make(.repack(.mp4Video), of: file) }
  }

  // MARK: Exif

  /// Exif whose first directory has an entry for a GPS directory at each of `places`, counted from its end.
  private func exif(_ places: [Int], _ rest: [UInt8]) -> [UInt8] {
    let end = 14 + 12 * places.count
    var bytes = Array("II*\0".utf8)
    bytes += littleEndian(UInt32(8)) + littleEndian(UInt16(places.count))
    for place in places { bytes += [0x25, 0x88, 4, 0, 1, 0, 0, 0] + littleEndian(UInt32(end + place)) }
    return bytes + [0, 0, 0, 0] + rest
  }

  /// Values that are all as long as the block.
  @Test func placesThatOverlap() throws {
    let count = 60_000
    let start = 14 + 12 + 2 + 12 * count + 4
    let entry: [UInt8] = [1, 0, 1, 0] + littleEndian(UInt32.max) + littleEndian(UInt32(start))
    let directory = littleEndian(UInt16(count)) + repeated(entry, count) + [0, 0, 0, 0]
    let block = exif([0], directory + [UInt8](repeating: 0xff, count: 1 << 18))
    let clean = try PlaceOut.withoutPlace(block)
    #expect(clean.count == block.count)
    #expect(clean.prefix(26) == block.prefix(26))
    #expect(clean.dropFirst(26).allSatisfy { $0 == 0 })
  }

  /// Directories in one another, each with 65,535 entries.
  @Test func directoriesThatOverlap() throws {
    let count = 60_000
    let block = exif((0..<count).map { 2 * (count - $0) }, [UInt8](repeating: 0xff, count: 1 << 20))
    #expect(throws: RewriteError.tooMuch) { try PlaceOut.withoutPlace(block) }
  }

  /// Directories that claim entries behind the end of their blocks.
  @Test func directoriesThatAreCut() throws {
    let block: [UInt8] = Array("Exif\0\0II*\0".utf8) + littleEndian(UInt32(8)) + [0xff, 0xff]
    let segment: [UInt8] = [0xff, 0xe1] + bigEndian(UInt16(block.count + 2)) + block
    let file = [0xff, 0xd8] + repeated(segment, 10_000) + [0xff, 0xda, 0, 2]
    #expect(try make(.removeLocation, of: file) == file)
  }
}
