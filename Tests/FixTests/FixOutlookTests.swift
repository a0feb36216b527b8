import MediaPreflight
import PreflightFix
@testable import PreflightTestSupport
import Testing

/// What is said about a file's fix before anything is read again.
@Suite struct FixOutlookTests {
  private func steps(
    _ bytes: [UInt8], named name: String? = nil, as endpoint: Endpoint? = nil, isStrict: Bool = false
  ) throws -> [String]? {
    let own = Preflight(isStrict: isStrict, sharing: engine)
    let result = try own.check(MemorySource(bytes), named: name.map { FilePath($0) }, as: endpoint)
    return FixOutlook(result, with: own).steps?.map(\.summary)
  }

  /// Whatever is fixed without a codec is foreseen, step by step, if the check has read the streams.
  @Test(arguments: FixerTests.cases)
  func losslessStepsAreForeseen(_ example: FixerTests.Case) throws {
    let bytes = try Fixture.bytes(example.name)
    let own = Preflight(isStrict: example.isStrict, sharing: engine)
    if example.name == "fixing/h264-aac.mkv" {
      return #expect(try steps(bytes) == ["Make an MP4 with H.264 video and AAC audio"])
    }
    let made = try Fixer(own).fix(MemorySource(bytes), named: FilePath(example.name), as: example.endpoint)
    #expect(
      try steps(bytes, named: example.name, as: example.endpoint, isStrict: example.isStrict)
        == made.steps.map(\.summary))
  }

  @Test func encodingsAreForeseen() throws {
    #expect(
      try steps(Fixture.bytes("pictures/cmyk.jpg"), as: .image) == [
        "Make a JPEG or PNG at the best quality that fits"
      ])
    #expect(
      try steps(Fixture.bytes("pictures/rgb.jpg"), as: .sticker)
        == ["Make a WebP of 512 × 512 on transparency, at the best quality that fits"])
    #expect(
      try steps(Fixture.bytes("fixing/ac3.mp4"))?.first?.hasPrefix(
        "Copy the video, encode the audio as AAC (") == true)
    #expect(
      try steps(Fixture.bytes("audio/stereo.opus"), as: .audio) == [
        "Encode the audio as Opus (48 kbit/s, mono)"
      ])
  }

  @Test func whatCantBeFixedIsNotPromised() throws {
    for (name, endpoint) in [
      ("mp4/encrypted.mp4", .video), ("office/page.docm", .document), ("audio/free-format.mp3", .audio),
      ("pdf/reportlab.pdf", .image), ("mp4/aac.m4a", .video), ("pictures/rgb.jpg", .audio),
    ] as [(String, Endpoint)] {
      #expect(try steps(Fixture.bytes(name), as: endpoint) == nil, "\(name)")
    }
    #expect(try steps(Array(Fixture.bytes("pictures/cmyk.jpg").dropLast(2)), as: .image) == nil)
    #expect(try steps([], as: .image) == nil)
    #expect(try steps(Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), as: .image) == nil)
    // Nothing is to be fixed.
    #expect(try steps(Fixture.bytes("pictures/rgb.jpg"), as: .image) == nil)
  }
}
