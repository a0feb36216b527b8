import Foundation
import MediaPreflight
@testable import PreflightFix
@testable import PreflightTestSupport
import Testing

/// What the fixer makes of rejected files, without a codec.
@Suite struct FixerTests {
  private static let strict = Preflight(isStrict: true, sharing: engine)

  private func fix(
    _ bytes: [UInt8], named name: String? = nil, as endpoint: Endpoint? = nil, isStrict: Bool = false
  ) throws -> FixResult {
    try Fixer(isStrict ? Self.strict : engine).fix(
      MemorySource(bytes), named: name.map { FilePath($0) }, as: endpoint)
  }

  private func contents(_ result: FixResult) throws -> [UInt8] {
    try #require(result.content).contents(upTo: 1 << 24)
  }

  /// Programs that aren't started.
  private struct NoPrograms: FixPrograms {
    func probe(format: String) throws(FixError) -> String { throw .notAllowed("ffprobe") }
    func encode(_: Encoding, format: String, duration: Double?) throws(FixError) -> any ByteSource {
      throw .notAllowed("ffmpeg")
    }
    func draw(_: ImageEncoding) throws(FixError) -> any ByteSource { throw .notAllowed("preflight-encode") }
  }

  private func planned(_ bytes: [UInt8], as endpoint: Endpoint) throws -> FixResult {
    var options = Fixer.Options()
    options.isDryRun = true
    return try Fixer(engine, options).fix(MemorySource(bytes), named: nil, as: endpoint, with: NoPrograms())
  }

  /// ffmpeg turns no TIFF, so the encoder does, in the command for people as well.
  @Test func aTIFFIsTurned() throws {
    let result = try planned(tiff([274: 6]), as: .sticker)
    let command = result.steps.first?.command(from: "a.tif", to: "a.webp")
    #expect(
      command?.hasPrefix("ffmpeg -noautorotate -i a.tif -f apng - | preflight-encode --sticker ") == true)
    #expect(command?.contains(" --orientation 6 ") == true)
  }

  @Test func colorsThatAreMultipliedByTheAlphaAreDivided() throws {
    for (kind, isPremultiplied) in [(1, true), (2, false)] as [(UInt16, Bool)] {
      let steps = try planned(tiff([338: kind]), as: .sticker).steps
      let command = steps.first?.command(from: "a.tif", to: "a.webp")
      #expect(command?.contains(" --premultiplied ") == isPremultiplied)
    }
  }

  @Test func anImageOfTooManyPixelsIsRefused() throws {
    let result = try planned(tiff([256: 8193, 257: 8192]), as: .image)
    #expect(result.reason == "It has too many pixels to be decoded: 8193 × 8192, of at most 67108864.")
  }

  /// What ffmpeg decodes wrongly, without an error, isn't fixed.
  @Test(
    arguments: [
      (7, 6, "compressed as JPEG"), (1, 6, "in YCbCr"), (1, 8, "in CIELab"), (50000, 2, "of an unusual kind"),
    ]
      as [(UInt16, UInt16, String)])
  func aTIFFOfOtherColorsIsRefused(_ compression: UInt16, _ colors: UInt16, _ kind: String) throws {
    let result = try planned(tiff([259: compression, 262: colors]), as: .image)
    #expect(result.steps == [])
    #expect(
      result.reason
        == "A TIFF \(kind) isn't decoded rightly by ffmpeg; export the image as JPEG or PNG where it was made."
    )
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var endpoint: Endpoint?
    var isStrict = false
    let steps: [String]
    let type: MediaType

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "fixing/h264-aac.mkv", steps: ["repack"], type: "video/mp4"),
    Case(name: "fixing/voice.webm", steps: ["repack"], type: "audio/ogg"),
    Case(name: "fixing/recorder.m4a", steps: ["change-brand"], type: "audio/mp4"),
    Case(name: "mp4/h264.mov", steps: ["repack"], type: "video/mp4"),
    Case(name: "mp4/avc.3g2", steps: ["change-brand"], type: "video/mp4"),
    Case(name: "mp4/amr.3gp", steps: ["repack"], type: "audio/amr"),
    Case(name: "mp4/mp3-mono.mp4", steps: ["repack"], type: "audio/mpeg"),
    Case(name: "mp4/opus.mp4", steps: ["repack"], type: "audio/ogg"),
    Case(name: "mp4/fragmented.m4a", steps: ["repack"], type: "audio/mp4"),
    Case(name: "mp4/two-sounds.mp4", steps: ["repack"], type: "video/mp4"),
    Case(name: "mp4/two-pictures.mp4", isStrict: true, steps: ["repack"], type: "video/mp4"),
    Case(name: "mp4/h264-baseline.mp4", isStrict: true, steps: ["fast-start"], type: "video/mp4"),
    Case(name: "mp4/h264-high-aac-faststart.mp4", endpoint: .audio, steps: ["repack"], type: "audio/mp4"),
    Case(
      name: "pictures/sticker-7ms.webp", endpoint: .sticker, steps: ["set-frame-durations"],
      type: "image/webp"),
    Case(
      name: "pictures/sticker-10001ms.webp", endpoint: .sticker, steps: ["set-frame-durations"],
      type: "image/webp"),
    Case(name: "pictures/animated.png", isStrict: true, steps: ["keep-default-image"], type: "image/png"),
    Case(name: "pictures/exif-place.jpg", isStrict: true, steps: ["remove-location"], type: "image/jpeg"),
    Case(name: "pictures/xmp-place.jpg", isStrict: true, steps: ["remove-location"], type: "image/jpeg"),
    Case(name: "pictures/exif-place.png", isStrict: true, steps: ["remove-location"], type: "image/png"),
    Case(name: "pictures/xmp-place.png", isStrict: true, steps: ["remove-location"], type: "image/png"),
    Case(name: "hidden/motion-photo.jpg", isStrict: true, steps: ["cut"], type: "image/jpeg"),
    Case(name: "hidden/document-and-archive.pdf", isStrict: true, steps: ["cut"], type: "application/pdf"),
  ]

  @Test(arguments: cases)
  func makesAnAcceptedFileWithTheFewestSteps(_ own: Case) throws {
    let result = try fix(Fixture.bytes(own.name), named: own.name, as: own.endpoint, isStrict: own.isStrict)
    #expect(result.original.verdict == .rejected)
    #expect(result.reason == nil)
    #expect(result.steps.map(\.action) == own.steps)
    #expect(!result.steps.contains { !$0.isLossless })
    #expect(result.checked?.mediaType == own.type)
    // What was checked is what is there, whoever reads it.
    let made = try contents(result)
    let checker = own.isStrict ? Self.strict : engine
    let again = try checker.check(made, as: own.endpoint ?? result.original.endpoint)
    #expect(again.verdict == .accepted)
  }

  /// Streams and times stay as they are: only the container is another.
  @Test(arguments: [
    "fixing/h264-aac.mkv", "mp4/h264.mov", "mp4/two-sounds.mp4", "mp4/fragmented.mp4", "mp4/rotated.mp4",
  ])
  func nothingIsLostFromAVideo(_ name: String) throws {
    let bytes = try Fixture.bytes(name)
    let before = try inspect(bytes)
    let splice = try FixStep.repack(.mp4Video).splice(of: MemorySource(bytes))
    let made = try SplicedSource(splice, of: MemorySource(bytes)).contents(upTo: 1 << 24)
    let after = try inspect(made)
    #expect(after.faults == [])
    #expect(after.facts.fastStart == true)
    #expect(after.facts.fragmented == false)
    #expect(after.facts.videoStreams?.first?.codec == "h264")
    if let was = before.facts.videoStreams?.first, let now = after.facts.videoStreams?.first {
      #expect(now.profile == was.profile)
      #expect(now.width == was.width)
      #expect(now.bFrames == was.bFrames)
      #expect(abs((now.frameRate ?? 0) - (was.frameRate ?? 0)) < 0.01)
    }
    if let duration = before.facts.durationMilliseconds {
      #expect(abs((after.facts.durationMilliseconds ?? 0) - duration) < 50)
    }
    // All but the index are bytes of the source, in its order.
    var last: UInt64 = 0
    for case .range(let range) in splice.parts {
      #expect(range.lowerBound >= last)
      last = range.upperBound
    }
  }

  @Test func aVideoDoesNotLoseItsAudioWithoutAWord() throws {
    let source = MemorySource(try Fixture.bytes("fixing/ac3.mp4"))
    #expect(throws: RewriteError("its audio isn't AAC")) { try FixStep.repack(.mp4Video).splice(of: source) }
  }

  @Test func granulePositionsAreCountedFromThePackets() throws {
    // Packets of 60 ms that were counted as 20 ms each, by a conversion that took a frame for a packet.
    let packet: [UInt8] = [0x18] + [UInt8](repeating: 0xa5, count: 60)
    var broken =
      oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
    for page in 0..<5 {
      broken += oggPage(
        repeated(packet, 20), lacing: [UInt8](repeating: 61, count: 20), granule: UInt64(page + 1) * 20 * 960,
        flags: page == 4 ? 4 : 0, sequence: UInt32(page + 2))
    }
    let result = try fix(broken, named: "voice.ogg", as: .audio)
    #expect(result.original.findings.first?.code == .damagedFile)
    #expect(result.steps == [.repack(.ogg)])
    let duration = try #require(result.checked?.facts.durationMilliseconds)
    #expect(abs(duration - (100 * 60 - 6.5)) < 0.1)
  }

  @Test func aBrokenPageIsNotMadeUp() throws {
    var bytes = try Fixture.bytes("audio/mono.opus")
    bytes[bytes.count - 20] ^= 1
    let result = try fix(bytes, named: "voice.ogg", as: .audio)
    #expect(result.steps == [])
    #expect(result.reason?.contains("a page of it is damaged") == true)
  }

  /// A tag that claims more than the file gets its length back, and nothing else changes.
  @Test(arguments: [[0x7f, 0x7f, 0x7f, 0x7f] as [UInt8], [0, 0, 0x7f, 0]])
  func aTagIsAsLongAsItIs(_ claim: [UInt8]) throws {
    let good = try Fixture.bytes("audio/id3v2-id3v1.mp3")
    let result = try fix(Array(good.prefix(6) + claim + good.dropFirst(10)), named: "a.mp3", as: .audio)
    #expect(result.original.findings.map(\.code) == [.damagedFile])
    #expect(result.original.findings.first?.fix?.summary == "Correct the length of the tag")
    #expect(result.steps == [.setTagLength])
    #expect(try contents(result) == good)
  }

  @Test func anAPETagIsAsLongAsItIs() throws {
    let sound = try Fixture.bytes("audio/no-index.mp3")
    func tag(_ size: UInt32) -> [UInt8] {
      Array("APETAGEX".utf8) + littleEndian(UInt32(2000)) + littleEndian(size) + littleEndian(UInt32(0))
        + littleEndian(UInt32(0xa000_0000)) + [UInt8](repeating: 0, count: 8 + 50)
    }
    let result = try fix(tag(1 << 30) + sound, named: "a.mp3", as: .audio)
    #expect(result.steps == [.setTagLength])
    #expect(try contents(result) == tag(50) + sound)
  }

  @Test func onlyTheShortFramesBecomeLonger() throws {
    let result = try fix(Fixture.bytes("pictures/sticker-7ms.webp"), as: .sticker)
    #expect(result.steps == [.setFrameDurations(minimum: 8, maximum: nil)])
    #expect(result.checked?.facts.minFrameDurationMilliseconds == 8)
    let long = try fix(Fixture.bytes("pictures/sticker-10001ms.webp"), as: .sticker)
    #expect(long.steps == [.setFrameDurations(minimum: 8, maximum: 10000)])
    let duration = try #require(long.checked?.facts.durationMilliseconds)
    #expect(duration <= 10000 && duration > 9900)
  }

  @Test func framesWithoutAnyTimeGetThatOfBrowsers() throws {
    var bytes = try Fixture.bytes("pictures/sticker-7ms.webp")
    let frames = bytes.indices.filter { bytes[$0...].starts(with: Array("ANMF".utf8)) }
    for frame in frames { bytes.replaceSubrange(frame + 20..<frame + 23, with: [0, 0, 0]) }
    let result = try fix(bytes, as: .sticker)
    #expect(result.steps == [.setFrameDurations(minimum: 8, maximum: nil)])
    #expect(result.checked?.facts.minFrameDurationMilliseconds == 100)
    #expect(result.checked?.facts.durationMilliseconds == Double(100 * frames.count))
  }

  @Test func theOrientationStaysWithoutThePlace() throws {
    // Exif with an orientation and a GPS directory with a latitude.
    let exif: [UInt8] =
      [0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
      + [0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0]
      + [1, 0, 2, 0, 5, 0, 3, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0] + [52, 0, 0, 0, 1, 0, 0, 0]
    let clean = try PlaceOut.withoutPlace(exif)
    #expect(clean.count == exif.count)
    #expect(clean.prefix(38) == exif.prefix(38))
    #expect(clean.dropFirst(38).allSatisfy { $0 == 0 })
  }

  @Test func offsetsThatOutgrow32BitsGetLongerTables() throws {
    // A media data box that ends just below 4 GiB: the index before it moves the last chunk beyond.
    let size = UInt64(UInt32.max) - 200
    let entries = bigEndian(UInt32(40)) + bigEndian(UInt32(size - 20))
    let table = isoBox("stco", bigEndian(UInt32(0)) + bigEndian(UInt32(2)) + entries)
    let track = isoBox("trak", isoBox("mdia", isoBox("minf", isoBox("stbl", table))))
    let movie = isoBox("moov", track + isoBox("free", [UInt8](repeating: 0, count: 300)))
    let head =
      isoBox("ftyp", Array("isom".utf8) + [0, 0, 0, 0]) + bigEndian(UInt32(size - 16))
      + Array("mdat".utf8)
    let source = PaddedSource(start: head, paddingCount: size - UInt64(head.count), end: movie)
    let splice = try FixStep.fastStart.splice(of: source)
    guard case .bytes(let index) = splice.parts[1] else { throw RewriteError("no index") }
    #expect(index.count == movie.count + 8)
    let moved = Array(index.suffix(308 + 16).prefix(16))
    let first = moved.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    let last = moved.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    #expect(first == 40 + UInt64(index.count))
    #expect(last == size - 20 + UInt64(index.count))
    #expect(splice.byteCount == source.byteCount + 8)
  }

  @Test func whatCannotBeFixedSaysWhy() throws {
    var cut = try Fixture.bytes("mp4/h264.mov")
    cut.removeLast(cut.count / 2)
    let truncated = try fix(cut, named: "a.mov")
    #expect(truncated.steps == [] && truncated.content == nil)
    #expect(truncated.reason?.isEmpty == false)
    let encrypted = try fix(Fixture.bytes("mp4/encrypted.mp4"), named: "a.mp4")
    #expect(encrypted.steps == [])
    let accepted = try fix(Fixture.bytes("pictures/rgb.jpg"), named: "a.jpg")
    #expect(accepted.isAccepted && accepted.steps == [] && accepted.content == nil && accepted.reason == nil)
  }

  @Test func aWrongExtensionAloneIsARename() throws {
    let bytes = try Fixture.bytes("pictures/rgb.png")
    let result = try fix(bytes, named: "a.jpg", isStrict: true)
    #expect(result.steps == [.rename])
    #expect(result.fileExtension == "png")
    #expect(try contents(result) == bytes)
  }

  // MARK: Its name

  /// What is made is checked with the name that it gets.
  @Test func aNameOfAnotherTypeIsAWarning() throws {
    func fix(to output: FilePath, isStrict: Bool) throws -> FixResult {
      let source = try MemorySource(Fixture.bytes("fixing/recorder.m4a"))
      return try Fixer(isStrict ? Self.strict : engine).fix(
        source, named: "a.m4a", as: .audio, with: nil, to: output)
    }
    let warned = try fix(to: "a.jpg", isStrict: false)
    #expect(warned.content != nil && warned.isAccepted)
    #expect(warned.checked?.findings.contains { $0.code == .extensionMismatch } == true)
    let refused = try fix(to: "a.jpg", isStrict: true)
    #expect(refused.content == nil && !refused.isAccepted)
    #expect(refused.reason?.contains("extension is .jpg") == true)
    // Names of its type, and those that say nothing.
    for name: FilePath in ["b.m4a", "b.mp4", "b", "b.xyz"] {
      #expect(try fix(to: name, isStrict: true).content != nil, "\(name)")
    }
  }

  // MARK: As a call

  @Test func oneCallFixesAndAnotherWrites() async throws {
    let scratch = try ScratchFolder()
    let (input, output) = (scratch.path + "/a.mov", FilePath(scratch.path + "/a.mp4"))
    try Data(Fixture.bytes("mp4/h264.mov")).write(to: URL(filePath: input))
    let fixed = try await engine.fix(fileAt: FilePath(input), as: .video)
    #expect(fixed.isAccepted)
    #expect(fixed.steps.map(\.action) == ["repack"])
    try fixed.write(to: output)
    let checked = try await engine.check(fileAt: output, as: .video)
    #expect(checked.verdict == .accepted)
    // Only if it may.
    #expect(throws: FixError.exists(output)) { try fixed.write(to: output) }
    try fixed.write(to: output, overwriting: true)
    // The file itself is as it was.
    #expect(try Data(contentsOf: URL(filePath: input)) == Data(Fixture.bytes("mp4/h264.mov")))
  }

  @Test func aCallThatCanMakeNothingSaysWhy() throws {
    let image = try engine.fix(fileAt: FilePath(Fixture.folder + "pictures/cmyk.jpg"), as: .image)
    #expect(!image.isAccepted && image.content == nil)
    #expect(image.reason?.isEmpty == false)
    #expect(throws: FixError.self) { try image.write(to: "/nowhere") }
    var options = Fixer.Options()
    options.encoder = "/nowhere/preflight-encode"
    let unmade = try engine.fix(fileAt: FilePath(Fixture.folder + "pictures/cmyk.jpg"), as: .image, options)
    #expect(unmade.reason == "'preflight-encode' is not installed; it is in the package preflight.")
    let missing = try engine.fix(fileAt: "/nowhere/a.jpg", as: .image)
    #expect(missing.original.verdict == .unjudged)
    #expect(missing.reason == missing.original.findings.first?.message)
  }
}
