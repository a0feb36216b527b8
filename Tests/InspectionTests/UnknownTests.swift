import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct UnknownTests {
  @Test func bytesOfNoFormatKeepLibmagicsAnswer() throws {
    let inspection = try inspect([0xde, 0xad, 0xbe, 0xef, 0, 1, 2, 3])
    #expect(inspection.mediaType == "application/octet-stream")
    #expect(inspection.sniffedType == "application/octet-stream")
    #expect(inspection.faults == [])
  }
}
