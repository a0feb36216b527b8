import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct GIFTests {
  @Test func factsOfSoundPictures() throws {
    let still = try inspect(fixture: "pictures/still.gif")
    #expect(still.mediaType == "image/gif")
    #expect(still.facts.width == 24)
    #expect(still.facts.height == 16)
    #expect(still.facts.colorModel == .palette)
    #expect(still.facts.animated == false)
    #expect(still.facts.frameCount == 1)
    #expect(still.facts.durationMilliseconds == nil)
    #expect(still.faults == [])
    let animated = try inspect(fixture: "pictures/animated.gif")
    #expect(animated.facts.animated == true)
    #expect(animated.facts.frameCount == 3)
    #expect(animated.facts.minFrameDurationMilliseconds == 40)
    #expect(animated.facts.durationMilliseconds == 390)
    #expect(animated.facts.hasAlpha == true)
    #expect(animated.faults == [])
    #expect(animated.trailingDataOffset == nil)
  }

  @Test func delaysGoWithTheNextPicture() throws {
    let image = Self.image
    let bytes = Self.screen + Self.control(delay: 5) + image + image + [0x3b]
    let facts = try inspect(bytes).facts
    #expect(facts.frameCount == 2)
    #expect(facts.minFrameDurationMilliseconds == 0)
    #expect(facts.durationMilliseconds == 50)
  }

  @Test func cutsAreTold() throws {
    try expectTellsCuts(Fixture.bytes("pictures/still.gif"))
    let bytes = Self.screen + Self.control(delay: 1) + Self.image + [0x3b]
    for length in 6..<bytes.count {
      let inspection = try inspect(Array(bytes[..<length]))
      #expect(inspection.mediaType == "image/gif")
      #expect(inspection.namedFaults == [NamedFault("truncated", length)])
    }
  }

  @Test func survivesBadInput() throws {
    expectSurvivesFlips(Self.screen + Self.control(delay: 1) + Self.image + [0x3b])
    expectSurvivesFlips(try Fixture.bytes("pictures/animated.gif"), first: 30)
  }

  @Test func faults() throws {
    #expect(try inspect(Self.screen + [0x3b]).namedFaults == [NamedFault("no-frame", 19)])
    let stray = Self.screen + Self.image + [0x55, 0x3b]
    #expect(try inspect(stray).namedFaults == [NamedFault("unknown-block", stray.count - 2)])
    // One terminator too many is passed over.
    #expect(try inspect(Self.screen + Self.image + [0, 0, 0x3b]).faults == [])
    let zeros = [UInt8](repeating: 0, count: 200_000)
    #expect(try inspect(Self.screen + Self.image + zeros + Self.image + [0x3b]).facts.frameCount == 2)
    let cut = try inspect(Self.screen + Self.image + zeros)
    #expect(cut.namedFaults == [NamedFault("truncated", Self.screen.count + Self.image.count + zeros.count)])
  }

  @Test func trailingData() throws {
    let bytes = Self.screen + Self.image + [0x3b]
    #expect(try inspect(bytes + [0]).trailingDataOffset == nil)
    #expect(try inspect(bytes + [1]).trailingDataOffset == UInt64(bytes.count))
  }

  private static let screen: [UInt8] =
    Array("GIF89a".utf8) + [2, 0, 2, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
  private static let image: [UInt8] = [0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x44, 0x02, 0x05, 0]

  private static func control(delay: UInt8) -> [UInt8] { [0x21, 0xf9, 4, 0, delay, 0, 0, 0] }
}
