import MediaPreflight
@testable import PreflightFix
@testable import PreflightTestSupport
import Testing

/// What rewrites put into the index of an MP4.
@Suite struct MovieRewriteTests {
  private func make(_ step: FixStep, of bytes: [UInt8]) throws -> [UInt8] {
    let source = MemorySource(bytes)
    return try SplicedSource(step.splice(of: source), of: source).contents(upTo: 1 << 24)
  }

  // MARK: Sampling rates

  /// The field of the entry `mp4a`, 16.16.
  private func rate(_ entry: [UInt8]) throws -> Int {
    entry.bigEndian32(at: try #require(entry.isoBox("mp4a")) + 32)
  }

  /// The field has 16 bits for the whole number; ffmpeg writes 0 for one with more.
  @Test(arguments: [(0, 0), (1, 0), (2, 64000), (3, 48000)])
  func aRateThatDoesNotFitIsZero(_ index: UInt8, _ rate: Int) throws {
    let frame: [UInt8] = [0xff, 0xf1, 0x40 | index << 2, 0x80, 0x01, 0x3f, 0xfc, 0x21, 0x10]
    #expect(try self.rate(make(.repack(.mp4Audio), of: repeated(frame, 4))) == rate << 16)
    let block = ebml([0xa3], matroskaBlock(time: 0, [0x21, 0x10]))
    let setup = [0x10 | index >> 1, index << 7 | 0x10]
    let file = matroska(tracks: [matroskaTrack("A_AAC", setup: setup)], cluster: block)
    #expect(try self.rate(make(.repack(.mp4Audio), of: file)) == rate << 16)
  }

  /// The second version of QuickTime's sound description has the rate elsewhere.
  @Test(arguments: [(96000, 0), (48000, 48000)])
  func aRateOfQuickTimeThatDoesNotFitIsZero(_ timescale: UInt32, _ rate: Int) throws {
    var writer = BoxWriter()
    try writer.box("mp4a") { writer throws(RewriteError) in
      writer.zeros(8)
      writer.u16(2)
      writer.zeros(54)
      writer.raw(try SampleEntryRewrite.esds([0x10, 0x10]))
    }
    var reader = BoxReader(writer.bytes[...])
    var track = MediaTrack(isVideo: false, codec: .other("unknown"), timescale: timescale)
    try SampleEntryRewrite.read(try #require(try reader.box()), into: &track)
    #expect(try self.rate(track.entry) == rate << 16)
  }

  // MARK: Fast start

  /// An index that doesn't stay as long as it was: its header or a table has bytes that nothing needs.
  @Test(arguments: [true, false])
  func chunksStayWhereTheyAre(_ hasLongHeader: Bool) throws {
    let data = isoBox("mdat", Array("chunk".utf8))
    let entries: [UInt8] = bigEndian(UInt32(0)) + bigEndian(UInt32(1)) + bigEndian(UInt32(8))
    let table = isoBox("stco", entries + (hasLongHeader ? [] : [1, 2, 3, 4]))
    let track = isoBox("trak", isoBox("mdia", isoBox("minf", isoBox("stbl", table))))
    let longHeader: [UInt8] = bigEndian(UInt32(1)) + Array("moov".utf8) + bigEndian(UInt64(track.count + 16))
    let movie = hasLongHeader ? longHeader + track : isoBox("moov", track)
    let made = try make(.fastStart, of: data + movie)
    let place = try made.bigEndian32(at: #require(made.isoBox("stco")) + 16)
    #expect(place >= 0 && place + 5 <= made.count)
    #expect(made.dropFirst(place).prefix(5).elementsEqual("chunk".utf8))
  }
}
