import MediaPreflight
import PreflightBytes
import PreflightFix
@testable import PreflightTestSupport
import Testing

/// What is planned for what ffprobe says, and the command for people.
@Suite struct PlannedEncodingTests {
  /// Says of each file that it has the same streams, and makes nothing.
  private struct Programs: FixPrograms {
    /// The members of each stream, without braces.
    let streams: [String]
    let seconds: Double

    func probe(format: String) -> String {
      let list = streams.enumerated().map { "{\"index\": \($0.offset), \($0.element)}" }.joined(
        separator: ", ")
      return "{\"streams\": [\(list)], \"format\": {\"duration\": \"\(seconds)\"}}"
    }

    func encode(_: Encoding, format: String, duration: Double?) throws(FixError) -> any ByteSource {
      throw .notAllowed("ffmpeg")
    }

    func draw(_: ImageEncoding) throws(FixError) -> any ByteSource { throw .notAllowed("preflight-encode") }
  }

  private static func video(
    _ codec: String = "mpeg2video", _ width: Int = 720, _ height: Int = 576, rate: String = "25/1",
    exactly exactRate: String = "25/1", order: String = "progressive"
  ) -> String {
    """
    "codec_type": "video", "codec_name": "\(codec)", "width": \(width), "height": \(height), \
    "avg_frame_rate": "\(rate)", "r_frame_rate": "\(exactRate)", "field_order": "\(order)"
    """
  }

  private static func audio(_ codec: String, channels: Int) -> String {
    "\"codec_type\": \"audio\", \"codec_name\": \"\(codec)\", \"channels\": \(channels)"
  }

  private func plan(
    _ fixture: String, _ streams: [String], seconds: Double = 10, as endpoint: Endpoint? = nil
  ) throws -> FixResult {
    var options = Fixer.Options()
    options.isDryRun = true
    return try Fixer(engine, options).fix(
      MemorySource(Fixture.bytes(fixture)), named: FilePath(fixture), as: endpoint,
      with: Programs(streams: streams, seconds: seconds))
  }

  private func command(
    _ fixture: String, _ streams: [String], seconds: Double = 10, as endpoint: Endpoint? = nil
  ) throws -> String {
    let result = try plan(fixture, streams, seconds: seconds, as: endpoint)
    return try #require(result.steps.first?.command(from: "a", to: "b"), "\(result.reason ?? "")")
  }

  private static let scaled =
    #"scale=max(1\,min(512\,round(512*dar))):max(1\,min(512\,round(512/dar))):flags=bicubic,format=rgba"#

  /// The sides as they are shown, as many frames as are asked for, and the decoder that knows the transparency.
  @Test func theCommandForAStickerDoesWhatTheFixDoes() throws {
    let plain = try command("foreign-media/video.mpg", [Self.video()], seconds: 2, as: .sticker)
    #expect(plain.hasPrefix("ffmpeg -i a -vf 'fps=25.0,\(Self.scaled)' -c:v png -f image2pipe - | "))
    #expect(plain.hasSuffix(" --frame-rate 25.0 > b"))
    let long = try command("foreign-media/video.mpg", [Self.video()], seconds: 20, as: .sticker)
    #expect(long.contains("'fps=7.5,") && long.hasSuffix(" --frame-rate 7.5 > b"))
    for (codec, decoder) in [("vp8", "libvpx"), ("vp9", "libvpx-vp9")] {
      let own = try command("foreign-media/video.webm", [Self.video(codec)], as: .sticker)
      #expect(own.hasPrefix("ffmpeg -c:v \(decoder) -i a "))
    }
    #expect(
      try plan("foreign-media/video.webm", [Self.audio("opus", channels: 1)], as: .sticker).reason
        == "It has no video.")
  }

  @Test(arguments: [
    ("tt", "mpeg2video", true), ("bb", "mpeg2video", true), ("progressive", "mpeg2video", false),
    ("unknown", "mpeg2video", false), ("unknown", "dvvideo", true),
  ])
  func whatIsInterlacedIsDeinterlaced(_ order: String, _ codec: String, _ isInterlaced: Bool) throws {
    let stream = Self.video(codec, order: order)
    for endpoint in [Endpoint.video, .sticker] {
      let command = try command("foreign-media/video.mpg", [stream], as: endpoint)
      #expect(command.contains(" -vf 'bwdif=mode=send_frame:deint=interlaced,") == isInterlaced, "\(command)")
    }
  }

  /// Up to 2 % more than the average is the noise of timestamps.
  @Test(arguments: [
    ("25/1", "25/1", "", ""), ("5160/227", "60/1", " -vsync vfr", ""), ("20/1", "240/1", " -vsync vfr", ""),
    ("20/1", "1000/1", "", ",fps=60"),
    ("100/1", "100/1", "", ",fps=60"), ("61/1", "61/1", "", ""),
  ])
  func picturesAreShownWhenTheyWere(_ rate: String, _ exact: String, _ sync: String, _ filter: String) throws
  {
    let command = try command("foreign-media/video.mkv", [Self.video("hevc", rate: rate, exactly: exact)])
    #expect(command.contains("\(sync) -vf 'crop=trunc(iw/2)*2:trunc(ih/2)*2\(filter),format=yuv420p' "))
    #expect(command.contains("-vsync") == !sync.isEmpty)
  }

  /// Its last picture is shown as long as it was, and no longer.
  @Test(arguments: [("2/3", "2/3"), ("10/1", "10"), ("50/1", "50"), ("100/1", "50")])
  func aGIFHasItsOwnRate(_ rate: String, _ made: String) throws {
    let command = try command(
      "pictures/animated.gif", [Self.video("gif", rate: "2/3", exactly: rate)], as: .video)
    #expect(command.contains(",fps=\(made),format=yuv420p'"))
  }

  /// Up to the last second that AAC holds.
  @Test(arguments: [(5013.0, "aac"), (5014, "libopus"), (18_000, "libopus")])
  func longMusicBecomesMono(_ seconds: Double, _ codec: String) throws {
    let command = try command(
      "foreign-media/sound.flac", [Self.audio("flac", channels: 2)], seconds: seconds, as: .audio)
    #expect(command.contains("-c:a \(codec) "))
  }

  @Test func whatFitsInNoWayIsTooLong() throws {
    let result = try plan(
      "foreign-media/sound.flac", [Self.audio("flac", channels: 2)], seconds: 40_000, as: .audio)
    #expect(result.reason == "It is too long to fit the size limit at a quality worth sending.")
  }

  @Test(arguments: [
    (2, 5000, false), (5, 5000, false), (6, 5000, true), (6, 5759, false), (150, 5000, true), (2, 1920, true),
  ])
  func aPictureMayBeTooNarrow(_ width: Int, _ height: Int, _ fits: Bool) throws {
    let result = try plan("foreign-media/video.mkv", [Self.video("ffv1", width, height)], as: .video)
    let reason =
      "Its picture is too narrow: \(width) × \(height) pixels can't be made smaller."
    #expect(result.steps.isEmpty == !fits && result.reason == (fits ? nil : reason))
  }

  /// Which streams a transport stream has isn't read before ffmpeg is asked.
  @Test func audioAloneGoesWhereAudioDoes() throws {
    let stream = Self.audio("mp2", channels: 2)
    #expect(try command("foreign-media/video.ts", [stream]).contains(" -c:a aac "))
    #expect(try plan("foreign-media/video.ts", [stream], as: .video).reason == "It has no video.")
  }
}
