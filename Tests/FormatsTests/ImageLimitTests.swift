import MediaPreflight
import PreflightBytes
import PreflightFacts
import PreflightInspection
@testable import PreflightTestSupport
import Testing

/// What a limit of ours keeps from being checked in images: it is said, and never called damage.
@Suite struct ImageLimitTests {
  // MARK: WebP

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    Array(type.utf8) + littleEndian(UInt32(data.count)) + data + (data.count % 2 == 1 ? [0] : [])
  }

  private static func webp(_ chunks: [UInt8]) -> [UInt8] {
    Array("RIFF".utf8) + littleEndian(UInt32(4 + chunks.count)) + Array("WEBP".utf8) + chunks
  }

  /// A lossless image of one color, whose pixels take no bits (RFC 9649, section 3.4).
  private static func lossless(_ width: Int, _ height: Int) -> [UInt8] {
    let size = UInt32(width - 1) | UInt32(height - 1) << 14 | 1 << 28
    return chunk("VP8L", [0x2f] + littleEndian(size) + [0x88, 0x88, 0x08])
  }

  /// An animation of frames that are alike (RFC 9649, section 2.7.1).
  private static func animation(_ frames: Int, _ width: Int, _ height: Int) -> [UInt8] {
    func size(_ value: Int) -> [UInt8] { Array(littleEndian(UInt32(value - 1)).prefix(3)) }
    let head = [UInt8](repeating: 0, count: 6) + size(width) + size(height) + [10, 0, 0, 0]
    let frame = chunk("ANMF", head + lossless(width, height))
    return webp(
      chunk("VP8X", [0x12, 0, 0, 0] + size(width) + size(height)) + chunk("ANIM", [0, 0, 0, 0, 0, 0])
        + repeated(frame, frames))
  }

  @Test func framesOfAnAnimation() throws {
    let within = try expectUnchecked([], in: Self.animation(Limits.WebP.frames, 1, 1))
    #expect(within.facts.frameCount == 10_000)
    let beyond = try expectUnchecked(
      ["the frames after frame 10000"], in: Self.animation(Limits.WebP.frames + 1, 1, 1))
    #expect(beyond.unchecked.first?.limit == "10000 frames")
    // The chunks are counted all the same.
    #expect(beyond.facts.frameCount == 10_001)
    #expect(beyond.facts.durationMilliseconds == 100_010)
    #expect(beyond.facts.hasAlpha == true)
  }

  @Test func aFrameBeforeTheLimitIsDecoded() throws {
    var bytes = Self.animation(Limits.WebP.frames + 1, 1, 1)
    // The first frame's data, after its signature and size.
    let place = try #require(bytes.index(of: "VP8L"))
    bytes.replaceSubrange(place + 13..<place + 16, with: [0xff, 0xff, 0xff])
    let inspection = try inspect(bytes)
    #expect(inspection.faults.map(\.name) == ["undecodable-frame"])
  }

  @Test func pixelsOfAFrame() throws {
    try expectUnchecked([], in: Self.webp(Self.lossless(4096, 2048)))
    let beyond = try expectUnchecked(["the image data"], in: Self.webp(Self.lossless(4096, 2049)))
    #expect(beyond.unchecked.first?.limit == "8388608 pixels, lossless or with transparency")
    #expect(beyond.facts.height == 2049)
    try expectUnchecked(["frames of more than 8388608 pixels"], in: Self.animation(2, 4096, 2049))
  }

  @Test func pixelsOfAllFrames() throws {
    let frames = Limits.WebP.pixels / Limits.WebP.framePixels
    try expectUnchecked([], in: Self.animation(frames, 4096, 2048))
    try expectUnchecked(
      ["frame \(frames + 1) and all frames after it"], in: Self.animation(frames + 1, 4096, 2048))
  }

  /// What decoding leaves unchecked is told by a check too, which decodes only what it would accept.
  @Test(arguments: [(511, false), (513, true)])
  func stickers(_ frames: Int, isPartly: Bool) throws {
    let result = try engine.check(MemorySource(Self.animation(frames, 512, 512)), as: .sticker)
    #expect(result.verdict == .accepted)
    #expect(result.findings.map(\.code).contains(.partlyChecked) == isPartly)
  }

  @Test func bytesOfAWebP() throws {
    let size = Int(Limits.WebP.byteCount)
    let sticker = try Fixture.bytes("pictures/lossy.webp")
    let within = try expectUnchecked([], in: Enlarged.webp(sticker, to: size))
    let beyond = try expectUnchecked(["the image data"], in: Enlarged.webp(sticker, to: size + 2))
    #expect(beyond.unchecked.first?.limit == "16 MiB")
    #expect(within.facts == beyond.facts)
  }

  // MARK: PNG

  /// A gray image with so many rows of 16,384 bytes, whose data makes nothing.
  private static func png(rows: UInt32) -> [UInt8] {
    func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
      let body = Array(type.utf8) + data
      return bigEndian(UInt32(data.count)) + body + bigEndian(crc32(body))
    }
    let header = chunk("IHDR", bigEndian(UInt32(16_383)) + bigEndian(rows) + [8, 0, 0, 0, 0])
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + header
      + chunk("IDAT", [UInt8](repeating: 0x55, count: 1 << 18 + 1 << 10)) + chunk("IEND", [])
  }

  @Test func imageData() throws {
    let rows = UInt32(Limits.PNG.imageByteCount) / 16_384
    let within = try inspect(Self.png(rows: rows))
    #expect(within.faults.map(\.name) == ["compressed-data"])
    #expect(within.unchecked == [])
    let beyond = try expectUnchecked(["the image data"], in: Self.png(rows: rows + 1))
    #expect(beyond.unchecked.first?.limit == "256 MiB decompressed")
    #expect(beyond.facts.height == Int(rows) + 1)
  }

  // MARK: Metadata

  @Test func metadata() throws {
    let place = Array("<rdf exif:GPSLatitude=\"39,54.5N\"/>".utf8)
    func image(_ before: Int, _ packet: [UInt8]) throws -> [UInt8] {
      let picture = try Fixture.bytes("pictures/lossy.webp")
      let packet = Self.chunk("XMP ", [UInt8](repeating: 0x20, count: before) + packet)
      return Self.webp(Array(picture[12...]) + packet)
    }
    let room = Limits.Metadata.byteCount - place.count
    let within = try expectUnchecked([], in: image(room, place))
    #expect(within.locationMetadataOffset != nil)
    let beyond = try expectUnchecked(
      ["metadata after the first 1 MiB"], in: image(Limits.Metadata.byteCount, place))
    #expect(beyond.locationMetadataOffset == nil)
    // Where a place was found already, another says nothing new.
    try expectUnchecked([], in: image(0, place + [UInt8](repeating: 0x20, count: 1 << 20)))
  }
}
