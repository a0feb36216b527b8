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
}
