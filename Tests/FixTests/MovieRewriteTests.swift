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
