import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct WebPTests {
  @Test(arguments: [
    ("lossy", false, 48, 32), ("lossless", false, 48, 32), ("lossy-alpha", true, 48, 32),
    ("sticker", true, 512, 512), ("lossless-palette", false, 48, 32), ("lossless-cache", true, 160, 160),
    ("lossless-blocks", false, 192, 192), ("lossy-partitions", false, 64, 160),
  ])
  func factsOfStillPictures(name: String, hasAlpha: Bool, width: Int, height: Int) throws {
    let inspection = try inspect(fixture: "pictures/\(name).webp")
    var facts = Facts()
    facts.width = width
    facts.height = height
    facts.colorModel = hasAlpha ? .rgba : .rgb
    facts.hasAlpha = hasAlpha
    facts.animated = false
    facts.animationFlag = false
    facts.frameCount = 1
    #expect(inspection.mediaType == "image/webp")
    #expect(inspection.facts == facts)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
    #expect(inspection.locationMetadataOffset == nil)
  }

  @Test(arguments: [("animated", 3, 40.0, 390.0), ("sticker-animated", 3, 200, 600)])
  func framesOfAnAnimation(name: String, frames: Int, shortest: Double, duration: Double) throws {
    let inspection = try inspect(fixture: "pictures/\(name).webp")
    #expect(inspection.facts.animated == true)
    #expect(inspection.facts.animationFlag == true)
    #expect(inspection.facts.frameCount == frames)
    #expect(inspection.facts.minFrameDurationMilliseconds == shortest)
    #expect(inspection.facts.durationMilliseconds == duration)
    #expect(inspection.faults == [])
  }

  @Test func oneFrameIsNoAnimationWhateverTheFlagSays() throws {
    var picture = try WebPBytes("animated")
    let frames = picture.chunks.indices.filter { picture.chunks[$0].type == "ANMF" }
    for index in frames.dropFirst().reversed() { picture.chunks.remove(at: index) }
    let inspection = try inspect(picture.bytes)
    #expect(inspection.facts.animated == false)
    #expect(inspection.facts.animationFlag == true)
    #expect(inspection.facts.frameCount == 1)
    #expect(inspection.facts.minFrameDurationMilliseconds == nil)
    #expect(inspection.faults == [])
  }

  @Test func place() throws {
    #expect(try inspect(fixture: "pictures/exif-place.webp").locationMetadataOffset == 454)
    #expect(try inspect(fixture: "pictures/xmp-place.webp").locationMetadataOffset == 631)
    // With the prefix that belongs to JPEG's segment.
    var picture = try WebPBytes("exif-place")
    let exif = try picture.index("EXIF")
    picture.chunks[exif].data.insert(contentsOf: Array("Exif\0\0".utf8), at: 0)
    #expect(try inspect(picture.bytes).locationMetadataOffset == 460)
  }

  @Test(arguments: ["lossy", "lossless", "lossless-palette", "lossy-alpha", "animated", "exif-place"])
  func cutsAreTold(name: String) throws {
    try expectTellsCuts(Fixture.bytes("pictures/\(name).webp"))
  }

  @Test func everyCutIsTold() throws {
    let bytes = try Fixture.bytes("pictures/animated.webp")
    for length in 12..<bytes.count {
      let inspection = try inspect(Array(bytes[..<length]))
      #expect(inspection.namedFaults == [NamedFault("truncated", length)])
      #expect(inspection.mediaType == "image/webp")
    }
  }

  @Test func cutsKeepWhatWasRead() throws {
    let bytes = try Fixture.bytes("pictures/animated.webp")
    let facts = try inspect(bytes.dropLast(100)).facts
    #expect(facts.width == 24)
    #expect(facts.frameCount == 3)
    #expect(facts.animationFlag == true)
  }

  /// libwebp decodes any data of a lossy image, but its macroblocks need all of it only if it is what was encoded.
  @Test(arguments: ["sticker", "lossy-partitions", "animated"])
  func lossyDataThatATransferChangedIsTold(name: String) throws {
    let picture = try WebPBytes(name)
    let index = try #require(picture.chunks.firstIndex { ["VP8 ", "ANMF"].contains($0.type) })
    let count = picture.chunks[index].data.count
    func faults(_ change: (inout [UInt8]) -> Void) throws -> [String] {
      var spoilt = picture
      change(&spoilt.chunks[index].data)
      return try inspect(spoilt.bytes).faults.map(\.name)
    }
    #expect(try faults { _ in } == [])
    let zeros = [UInt8](repeating: 0, count: count)
    #expect(try faults { $0.replaceSubrange(count * 3 / 5..<count, with: zeros[(count * 3 / 5)...]) } != [])
    #expect(
      try faults { $0.replaceSubrange(count / 2..<count * 7 / 10, with: zeros[(count * 4 / 5)...]) } != [])
    #expect(try faults { data in data = data.prefix(count / 2) + data[(count / 2)...].reversed() } != [])
  }

  /// Each partition may have a few bytes more than needed, which encoders flush.
  @Test func partitionsOfALossyImage() throws {
    let picture = try WebPBytes("lossy-partitions")
    let data = picture.chunks[0].data
    let first = (Int(data[0]) | Int(data[1]) << 8 | Int(data[2]) << 16) >> 5
    let sizes = (0..<7).map { 10 + first + 3 * $0 }
    func size(at place: Int) -> Int { Int(data[place]) | Int(data[place + 1]) << 8 }
    // The first one too many: libwebp flushed none to two.
    var limits: [Int?] = []
    for partition in 0..<8 {
      let end = 10 + first + 21 + sizes.prefix(partition + 1).reduce(0) { $0 + size(at: $1) }
      let limit = try (0...20).first { more in
        var spoilt = picture
        spoilt.chunks[0].data.insert(
          contentsOf: [UInt8](repeating: 0xa5, count: more), at: partition == 7 ? data.count : end)
        if partition < 7 {
          let size = size(at: sizes[partition]) + more
          spoilt.chunks[0].data.replaceSubrange(
            sizes[partition]..<sizes[partition] + 2, with: [UInt8(size & 0xff), UInt8(size >> 8)])
        }
        return try inspect(spoilt.bytes).faults.map(\.name) == ["macroblock-data"]
      }
      limits.append(limit)
    }
    #expect(limits == [16, 16, 16, 17, 16, 16, 16, 15])
  }

  @Test func survivesBadInput() throws {
    expectSurvivesCuts(try Fixture.bytes("pictures/lossy-alpha.webp"))
    expectSurvivesFlips(try Fixture.bytes("pictures/lossy.webp"), first: 60)
    expectSurvivesFlips(try Fixture.bytes("pictures/animated.webp"), first: 140)
    expectSurvivesFlips(try Fixture.bytes("pictures/lossless.webp"), first: 40)
    expectSurvivesFlips(try Fixture.bytes("pictures/lossy-partitions.webp"), first: 400)
  }

  @Test func trailingData() throws {
    let lossy = try Fixture.bytes("pictures/lossy.webp")
    #expect(try inspect(lossy + [0, 0]).trailingDataOffset == nil)
    let inspection = try inspect(lossy + [7])
    #expect(inspection.trailingDataOffset == UInt64(lossy.count))
    #expect(inspection.faults == [])
  }

  // MARK: Faults

  @Test func sizesThatLie() throws {
    let lossy = try WebPBytes("lossy").bytes
    let size = lossy.littleEndian32(at: 4)
    let larger = lossy.with(littleEndian(UInt32(size + 2)), at: 4)
    #expect(try inspect(larger).namedFaults == [NamedFault("truncated", lossy.count)])
    #expect(
      try inspect(lossy.with(littleEndian(UInt32.max), at: 4)).namedFaults == [
        NamedFault("truncated", lossy.count)
      ])
    #expect(
      try inspect(lossy.with(littleEndian(UInt32(size - 2)), at: 4)).namedFaults == [
        NamedFault("chunk-length", 16)
      ])
    #expect(
      try inspect(lossy.with(littleEndian(UInt32.max), at: 16)).namedFaults == [
        NamedFault("chunk-length", 16)
      ])
    #expect(
      try inspect(lossy.with(littleEndian(UInt32(4)), at: 4)).namedFaults == [NamedFault("no-picture", 12)])
    #expect(
      try inspect(lossy.with(littleEndian(UInt32(0)), at: 4)).namedFaults == [NamedFault("no-picture", 8)])
  }

  @Test func chunkThatBeginsBeforeTheDeclaredEnd() throws {
    // The file's own size ends within the head of its last chunk.
    let lossy = try Fixture.bytes("pictures/lossy.webp")
    for room in 1..<8 {
      var bytes = lossy + Array("XTRA".utf8) + littleEndian(UInt32(4)) + [0, 0, 0, 0]
      bytes.replaceSubrange(4..<8, with: littleEndian(UInt32(lossy.count - 8 + room)))
      #expect(try inspect(bytes).namedFaults == [NamedFault("chunk-length", lossy.count + 4)])
    }
  }

  @Test func chunksThatAreNoPicture() throws {
    let lossy = try WebPBytes("lossy")
    let alpha = try WebPBytes("lossy-alpha")
    #expect(
      try inspect(lossy.bytes.with(Array("JUNK".utf8), at: 12)).namedFaults == [NamedFault("first-chunk", 12)]
    )
    #expect(try inspect(lossy.bytes.with([0], at: 23)).namedFaults == [NamedFault("bitstream-header", 20)])
    let lossless = try WebPBytes("lossless")
    #expect(
      try inspect(lossless.bytes.with([0x2e], at: 20)).namedFaults == [NamedFault("bitstream-header", 20)])
    var picture = alpha
    picture.chunks.removeAll { $0.type == "VP8 " || $0.type == "ALPH" }
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("no-picture", picture.bytes.count)])
  }

  @Test func chunksThatAreTooShort() throws {
    for (name, type, length) in [
      ("lossy", "VP8 ", 4), ("lossless", "VP8L", 2), ("animated", "VP8X", 9), ("animated", "ANMF", 15),
    ] {
      var picture = try WebPBytes(name)
      let index = try picture.index(type)
      let offset = picture.offset(ofChunk: index)
      picture.chunks[index].data.removeLast(picture.chunks[index].data.count - length)
      #expect(try inspect(picture.bytes).namedFaults == [NamedFault("chunk-too-short", offset + 4)])
    }
  }

  @Test func partsThatContradictEachOther() throws {
    // The canvas isn't the picture's size.
    var picture = try WebPBytes("lossy-alpha")
    picture.chunks[0].data[4] += 1
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("refused-by-libwebp", 12)])
    // A frame that reaches out of the canvas.
    picture = try WebPBytes("animated")
    let frame = try picture.index("ANMF")
    picture.chunks[frame].data[0] = 200
    #expect(try inspect(picture.bytes).namedFaults == [NamedFault("refused-by-libwebp", 12)])
  }

  @Test func dataThatCanNotBeDecoded() throws {
    let cut = try WebPBytes("lossless").cut(at: 1200)
    #expect(try inspect(cut.bytes).namedFaults == [NamedFault("undecodable-frame", 12)])

    // The second frame of three, by its place in the file.
    var animated = try WebPBytes("animated")
    let frames = animated.chunks.indices.filter { animated.chunks[$0].type == "ANMF" }
    let frame = animated.chunks[frames[1]].data
    let picturesLength = frame.littleEndian32(at: 20)
    let half = 24 + (picturesLength / 4) * 2
    animated.chunks[frames[1]].data =
      Array(frame[..<20]) + littleEndian(UInt32(half - 24)) + frame[24..<half]
    let offset = animated.offset(ofChunk: frames[1]) + 8 + 16
    let inspection = try inspect(animated.bytes)
    #expect(inspection.namedFaults == [NamedFault("undecodable-frame", offset)])
    #expect(inspection.faults.first?.message.contains("frame 2") == true)
    #expect(inspection.facts.frameCount == 3)
  }
}

/// A WebP file as its chunks, which are written with sizes that hold.
private struct WebPBytes {
  struct Chunk {
    var type: String
    var data: [UInt8]
  }

  var chunks: [Chunk] = []

  init(_ name: String) throws {
    let bytes = try Fixture.bytes("pictures/\(name).webp")
    var index = 12
    while index < bytes.count {
      let length = bytes.littleEndian32(at: index + 4)
      let type = String(decoding: bytes[index..<index + 4], as: UTF8.self)
      chunks.append(Chunk(type: type, data: Array(bytes[index + 8..<index + 8 + length])))
      index += 8 + length + length % 2
    }
  }

  var bytes: [UInt8] {
    let body = chunks.reduce(into: Array("WEBP".utf8)) { bytes, chunk in
      bytes += Array(chunk.type.utf8) + littleEndian(UInt32(chunk.data.count)) + chunk.data
      if chunk.data.count % 2 == 1 { bytes.append(0) }
    }
    return Array("RIFF".utf8) + littleEndian(UInt32(body.count)) + body
  }

  /// The picture with its first chunk's data cut, and sizes that hold all the same.
  func cut(at length: Int) -> WebPBytes {
    var copy = self
    copy.chunks[0].data.removeLast(copy.chunks[0].data.count - length)
    return copy
  }

  func index(_ type: String) throws -> Int { try #require(chunks.firstIndex { $0.type == type }) }

  func offset(ofChunk index: Int) -> Int {
    12 + chunks[..<index].reduce(0) { $0 + 8 + $1.data.count + $1.data.count % 2 }
  }
}
