import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// The caps to the byte: the last that passes without a word, the last that passes with one, the first that
/// fails.
@Suite struct CapTests {
  private func codes(
    _ source: any ByteSource, _ endpoint: Endpoint, _ policy: String = "waconnect"
  ) throws -> [String] {
    let own = Preflight(policy: try #require(Policy.builtIn(named: policy)))
    let sizes: [FindingCode] = [.fileTooLarge, .nearSizeLimit, .sizeLimitDisputed]
    let result = try own.check(source, as: endpoint)
    #expect(!result.findings.contains { $0.code == .damagedFile })
    let rejects = result.findings.contains { $0.severity == .error && !sizes.contains($0.code) }
    #expect(!rejects, "\(result.findings)")
    return result.findings.map(\.code).filter(sizes.contains).map(\.rawValue)
  }

  @Test(arguments: [
    (5_000_000, []), (5_000_001, ["near-size-limit"]), (5_242_880, ["near-size-limit"]),
    (5_242_881, ["file-too-large"]),
  ])
  func pictures(size: Int, expected: [String]) throws {
    let jpeg = Enlarged.jpeg(try Fixture.bytes("pictures/rgb.jpg"), to: size)
    #expect(jpeg.count == size)
    #expect(try codes(MemorySource(jpeg), .image) == expected)
    let png = Enlarged.png(try Fixture.bytes("pictures/rgb.png"), to: size)
    #expect(png.count == size)
    #expect(try codes(MemorySource(png), .image) == expected)
  }

  @Test(
    arguments: [
      (16_000_000, []), (16_000_001, ["near-size-limit"]), (16_777_216, ["near-size-limit"]),
      (16_777_217, ["file-too-large"]),
    ] as [(UInt64, [String])])
  func filmsAndSounds(size: UInt64, expected: [String]) throws {
    let film = Enlarged.mp4(try Fixture.bytes("mp4/h264-baseline.mp4"), to: size)
    #expect(film.byteCount == size)
    #expect(try codes(film, .video) == expected)
    let sound = Enlarged.mp4(try Fixture.bytes("mp4/aac.m4a"), to: size)
    #expect(try codes(sound, .audio) == expected)
    let mp3 = Enlarged.mp3(try Fixture.bytes("audio/cbr-info.mp3"), to: size)
    #expect(mp3.byteCount == size)
    #expect(try codes(mp3, .audio) == expected)
  }

  @Test(
    arguments: [
      (100_000_000, []), (100_000_001, ["near-size-limit"]), (104_857_600, ["near-size-limit"]),
      (104_857_601, ["file-too-large"]),
    ] as [(UInt64, [String])])
  func documents(size: UInt64, expected: [String]) throws {
    let film = Enlarged.mp4(try Fixture.bytes("mp4/h264-baseline.mp4"), to: size)
    #expect(try codes(film, .document) == expected)
  }

  @Test(arguments: [
    (100_000, []), (100_002, ["near-size-limit"]), (102_400, ["near-size-limit"]),
    (102_402, ["file-too-large"]), (500_000, ["file-too-large"]), (512_000, ["file-too-large"]),
    (512_002, ["file-too-large"]),
  ])
  func staticStickers(size: Int, expected: [String]) throws {
    let webp = Enlarged.webp(try Fixture.bytes("pictures/sticker.webp"), to: size)
    #expect(webp.count == size)
    #expect(try codes(MemorySource(webp), .sticker) == expected)
    #expect(try codes(MemorySource(webp), .sticker, "whatsapp-cloud") == expected)
  }

  @Test(arguments: [
    (100_000, []), (102_400, []), (102_402, ["size-limit-disputed"]), (500_000, ["size-limit-disputed"]),
    (500_002, ["near-size-limit", "size-limit-disputed"]),
    (512_000, ["near-size-limit", "size-limit-disputed"]),
    (512_002, ["file-too-large"]),
  ])
  func animatedStickers(size: Int, expected: [String]) throws {
    let webp = Enlarged.webp(try Fixture.bytes("pictures/sticker-animated.webp"), to: size)
    #expect(try codes(MemorySource(webp), .sticker) == expected)
    #expect(try codes(MemorySource(webp), .sticker, "whatsapp-cloud") == expected)
  }

  @Test(arguments: [
    (100_000, [], []), (102_400, ["near-size-limit"], []), (102_402, ["file-too-large"], []),
    (500_000, ["file-too-large"], []), (512_000, ["file-too-large"], ["near-size-limit"]),
    (512_002, ["file-too-large"], ["file-too-large"]),
  ])
  func stickersAsPrinted(size: Int, animated: [String], static expected: [String]) throws {
    let still = Enlarged.webp(try Fixture.bytes("pictures/sticker.webp"), to: size)
    #expect(try codes(MemorySource(still), .sticker, "waconnect-as-printed") == expected)
    let moving = Enlarged.webp(try Fixture.bytes("pictures/sticker-animated.webp"), to: size)
    #expect(try codes(MemorySource(moving), .sticker, "waconnect-as-printed") == animated)
  }

  @Test func theFindingSaysWhereTheTwoReadingsOfTheStickerCapsPart() throws {
    let still = Enlarged.webp(try Fixture.bytes("pictures/sticker.webp"), to: 302_112)
    let finding = try #require(
      engine.check(MemorySource(still), as: .sticker).findings.first { $0.code == .fileTooLarge })
    #expect(
      finding.message.hasPrefix(
        "A static sticker must be at most 102400 bytes; this file has 302112. WaConnect's page"))
    #expect(finding.expected == "≤ 102400")
    #expect(finding.actual == "302112")
  }

  @Test(arguments: [(524_288, false), (524_289, true)])
  func voiceNotes(size: Int, isTooLarge: Bool) throws {
    let sound = try #require(try Enlarged.opus(Fixture.bytes("audio/mono.opus"), to: size))
    #expect(sound.count == size)
    let result = try engine.check(MemorySource(sound), as: .audio)
    #expect(!result.findings.contains { $0.code == .damagedFile })
    #expect(result.verdict == .accepted)
    #expect(result.findings.map(\.code) == (isTooLarge ? [.voiceNoteTooLarge] : []))
  }
}
