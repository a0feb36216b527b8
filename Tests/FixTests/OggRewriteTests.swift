import MediaPreflight
@testable import PreflightFix
@testable import PreflightTestSupport
import Testing

/// What rewrites put into Ogg.
@Suite struct OggRewriteTests {
  /// Comments with a picture take several pages, which end elsewhere than those of the source.
  @Test func commentsOfSeveralPagesStayAsTheyAre() throws {
    let comments = Array("OpusTags".utf8) + (0..<140_000).map { UInt8($0 % 251) }
    var (file, rest) = (oggPage(opusHead(), flags: 2), comments[...])
    for (page, count) in [255, 51_000, 65_025].enumerated() {
      let lacing = [UInt8](repeating: 255, count: count / 255)
      file += oggPage(
        Array(rest.prefix(count)), lacing: lacing, granule: .max, flags: page == 0 ? 0 : 1,
        sequence: UInt32(page + 1))
      rest = rest.dropFirst(count)
    }
    file += oggPage(Array(rest), flags: 1, sequence: 4)
    file += oggPage([0x78, 1, 2], granule: 960, flags: 4, sequence: 5)
    let source = MemorySource(file)
    let splice = try FixStep.repack(.ogg).splice(of: source)
    let pages = try oggPages(SplicedSource(splice, of: source).contents(upTo: 1 << 20))
    #expect(pages.count == 5)
    let bodies = pages.map { $0.dropFirst(27 + Int($0[26])) }
    #expect(bodies[1...3].flatMap(\.self) == comments)
    #expect(pages[1...3].map { $0[5] } == [0, 1, 1])
  }
}
