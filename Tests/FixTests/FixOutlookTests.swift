import MediaPreflight
import PreflightFix
@testable import PreflightTestSupport
import Testing

/// What is said about a file's fix before anything is read again.
@Suite struct FixOutlookTests {
  private func steps(
    _ bytes: [UInt8], named name: String? = nil, as endpoint: Endpoint? = nil, by policy: Policy = .waconnect,
    isStrict: Bool = false
  ) throws -> [String]? {
    let own = Preflight(policy: policy, isStrict: isStrict, sharing: engine)
    let result = try own.check(MemorySource(bytes), named: name.map { FilePath($0) }, as: endpoint)
    return FixOutlook(result, with: own).steps?.map(\.summary)
  }

  /// Whatever is fixed without a codec is foreseen, step by step, if the check has read the streams.
  @Test(arguments: FixerTests.cases)
  func losslessStepsAreForeseen(_ example: FixerTests.Case) throws {
    let bytes = try Fixture.bytes(example.name)
    let own = Preflight(isStrict: example.isStrict, sharing: engine)
    if example.name == "fixing/h264-aac.mkv" {
      return #expect(try steps(bytes) == ["Make an MP4 with H.264 video, and AAC audio if it has any"])
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

  @Test func whatIsNotKnownOfTheStreamsIsSaid() throws {
    #expect(
      try steps(Fixture.bytes("foreign-media/video.avi"), as: .audio) == [
        "Make an MP4 with its audio as AAC, if it has any"
      ])
    #expect(
      try steps(Fixture.bytes("foreign-media/video.avi"), as: .voice, by: .whatsappCloud) == [
        "Make an Ogg file with its audio as Opus, if it has any"
      ])
    #expect(
      try steps(Fixture.bytes("foreign-media/pcm.wav"), as: .audio) == [
        "Make an MP4 with AAC audio, or an Ogg file with Opus if it is mono"
      ])
    #expect(try steps(Fixture.bytes("pictures/animated.gif"), as: .video) == ["Make an MP4 with H.264 video"])
  }

  /// One side of Telegram's stickers must have 512 pixels, and both may; WebP must be static.
  @Test func stickersOfOtherProviders() throws {
    let png = try Fixture.bytes("pictures/rgba.png")
    #expect(
      try steps(png, as: .sticker, by: Self.telegram)
        == ["Make a WebP of 512 × 512 on transparency, at the best quality that fits"])
    #expect(
      try steps(Fixture.bytes("pictures/lossless.webp"), as: .sticker, by: Self.telegram)
        == ["Make a WebP of 512 × 512 on transparency, at the best quality that fits"])
    #expect(try steps(Fixture.bytes("pictures/animated.gif"), as: .sticker, by: Self.telegram) == nil)
  }

  private static let telegram = Policy.builtIn(named: "telegram") ?? .waconnect

  @Test func anAnimationThatIsTooLongBecomesASticker() throws {
    let frame: [UInt8] = [0x21, 0xf9, 4, 0, 0xe8, 3, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]
    let head = Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
    #expect(
      try steps(head + frame + frame + [0x3b], as: .sticker)
        == ["Make a WebP of 512 × 512 on transparency, at the best quality that fits"])
  }

  /// Up to the last pixel that is decoded. A JPEG may have more, unless it has several scans.
  @Test func tooManyPixelsAreNotPromised() throws {
    #expect(try steps(tiff([256: 8192, 257: 8192]), as: .image) != nil)
    #expect(try steps(tiff([256: 8193, 257: 8192]), as: .image) == nil)
    func isPromised(_ name: String, _ width: Int, _ height: Int) throws -> Bool {
      var result = try engine.check(MemorySource(Fixture.bytes(name)), named: nil, as: .sticker)
      (result.facts.width, result.facts.height) = (width, height)
      return FixOutlook(result, with: engine).steps != nil
    }
    #expect(try isPromised("pictures/rgb.png", 8192, 8192) && !isPromised("pictures/rgb.png", 8193, 8192))
    #expect(try isPromised("pictures/rgb.jpg", 65500, 65500))
    #expect(
      try isPromised("pictures/progressive.jpg", 16384, 12288)
        && !isPromised("pictures/progressive.jpg", 16384, 12289))
    // The frames of a video are made smaller first.
    #expect(try isPromised("foreign-media/video.webm", 8193, 8192))
  }

  /// A voice note of ten minutes fits the size that is shown as one, and of four hours it doesn't: its warning has no
  /// command.
  @Test(arguments: [(20, 128, true), (471, 8, false)])
  func commandsOfWarningsAreTried(_ pages: Int, _ packetSize: Int, isKept: Bool) throws {
    var file = oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
    // Packets of 120 ms in six frames.
    let packet: [UInt8] = [0x6b, 6] + [UInt8](repeating: 1, count: packetSize - 2)
    let body = (0..<255).flatMap { _ in packet }
    let lacing = [UInt8](repeating: UInt8(packetSize), count: 255)
    for page in 1...pages {
      file += oggPage(
        body, lacing: lacing, granule: UInt64(page) * 255 * 5760, flags: page == pages ? 4 : 0,
        sequence: UInt32(page) + 1)
    }
    var result = try engine.check(MemorySource(file), named: "a.ogg", as: .audio)
    result.planFix(with: engine)
    let finding = try #require(result.findings.first { $0.code == .voiceNoteTooLarge })
    #expect(result.verdict == .accepted && result.plannedFix == nil)
    #expect((finding.fixCommand != nil) == isKept)
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
    // ffmpeg would make other pictures of these.
    for (compression, colors) in [(7, 6), (7, 2), (6, 6), (1, 6)] as [(UInt16, UInt16)] {
      #expect(try steps(tiff([259: compression, 262: colors]), as: .image) == nil)
    }
    #expect(try steps(tiff([259: 1, 262: 2, 322: 64]), as: .image) == nil)
    #expect(try steps(tiff([259: 5, 262: 2]), as: .image) != nil)
    // Every image that a decoder is asked about is known by its bytes.
    for head in ["P6\n1 1\n255\n\0\0\0", "P5\n1 1\n255\n\0", "P4\n8 1\n\0"] {
      #expect(try steps(Array(head.utf8), as: .image) != nil, "\(head)")
    }
    // Nothing is to be fixed.
    #expect(try steps(Fixture.bytes("pictures/rgb.jpg"), as: .image) == nil)
  }
}
