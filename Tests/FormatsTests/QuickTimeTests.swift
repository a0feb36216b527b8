import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Files as old or unusual writers make them: good ones that must not be called broken, built from a
/// real one's boxes.
@Suite struct QuickTimeTests {
  /// The boxes of a real file, and where its media data stood.
  struct Parts {
    let fileType: [UInt8]
    let movie: [UInt8]
    let data: [UInt8]
    let place: Int

    init(_ name: String = "h264-high-b-aac.mp4") throws {
      let bytes = try Fixture.bytes("mp4/" + name)
      let free = try #require(bytes.isoBox("free"))
      place = try #require(bytes.isoBox("mdat"))
      let movie = try #require(bytes.isoBox("moov"))
      fileType = Array(bytes[..<free])
      data = Array(bytes[place..<movie])
      self.movie = Array(bytes[movie...])
    }

    /// The movie box for media data that stands `distance` bytes further on.
    func movie(movedBy distance: Int) -> [UInt8] {
      var movie = movie
      var start = 0
      while let table = movie.isoBox("stco", from: start) {
        let count = Int(movie[table + 15])
        for entry in 0..<count {
          let position = table + 16 + 4 * entry
          let old = movie[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
          movie.replaceSubrange(position..<position + 4, with: bigEndian(UInt32(old + distance)))
        }
        start = table + 1
      }
      return movie
    }
  }

  private func expectWhole(
    _ bytes: [UInt8], _ mediaType: MediaType = "video/quicktime", fastStart: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let inspection = try inspect(bytes)
    #expect(inspection.mediaType == mediaType, sourceLocation: sourceLocation)
    #expect(inspection.faults == [], sourceLocation: sourceLocation)
    #expect(inspection.trailingDataOffset == nil, sourceLocation: sourceLocation)
    #expect(inspection.facts.fastStart == fastStart, sourceLocation: sourceLocation)
    #expect(inspection.facts.videoStreams?.map(\.codec) == ["h264"], sourceLocation: sourceLocation)
    #expect(inspection.facts.audioStreams?.map(\.codec) == ["aac"], sourceLocation: sourceLocation)
    #expect(inspection.facts.durationMilliseconds == 400, sourceLocation: sourceLocation)
  }

  @Test func withoutFileType() throws {
    let parts = try Parts()
    try expectWhole(parts.data + parts.movie(movedBy: -parts.place))
    try expectWhole(isoBox("wide", []) + parts.data + parts.movie(movedBy: 8 - parts.place))
    try expectWhole(parts.movie(movedBy: parts.movie.count - parts.place) + parts.data, fastStart: true)
    #expect(try inspect(parts.movie).facts.brand == nil)
  }

  @Test func sizesOf64Bits() throws {
    let parts = try Parts()
    let size = UInt64(parts.data.count + 8)
    let data = [0, 0, 0, 1] + Array("mdat".utf8) + bigEndian(size) + parts.data[8...]
    // The longer header takes the place of the free box that stood before the data.
    try expectWhole(parts.fileType + data + parts.movie, "video/mp4")
    let movie =
      [0, 0, 0, 1] + Array("moov".utf8) + bigEndian(UInt64(parts.movie.count + 8)) + parts.movie[8...]
    try expectWhole(parts.fileType + data + movie, "video/mp4")
    for hostile in [UInt64(0), 15, .max, UInt64(Int64.max), .max - 15] {
      let broken =
        parts.fileType + [0, 0, 0, 1] + Array("moov".utf8) + bigEndian(hostile) + parts.movie[8...]
      #expect(!(try inspect(broken).faults.isEmpty), "\(hostile)")
    }
  }

  @Test func sizeZeroGoesToTheEnd() throws {
    let parts = try Parts()
    let movie = [0, 0, 0, 0] + parts.movie[4...]
    try expectWhole(parts.fileType + isoBox("free", []) + parts.data + movie, "video/mp4")
  }

  /// A movie box packed with zlib, here in a block that is stored as it is.
  private func packed(_ bytes: [UInt8]) -> [UInt8] {
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in bytes {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    let count = UInt16(bytes.count)
    let stored = [1, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
    return [0x78, 0x01] + stored + bytes + bigEndian(high << 16 | low)
  }

  @Test func compressedMovie() throws {
    let parts = try Parts()
    let movie = parts.movie(movedBy: -parts.place)
    func file(_ method: String, _ bytes: [UInt8]) -> [UInt8] {
      let unpacked = bigEndian(UInt32(movie.count))
      let content = isoBox("dcom", Array(method.utf8)) + isoBox("cmvd", unpacked + bytes)
      return parts.data + isoBox("moov", isoBox("cmov", content))
    }
    try expectWhole(file("zlib", packed(movie)))
    #expect(try inspect(file("LZMA", packed(movie))).faults.first?.name == "compressed-movie")
    #expect(
      try inspect(file("zlib", Array(packed(movie).dropLast(9)))).faults.first?.name == "compressed-movie")
    let empty = parts.data + isoBox("moov", isoBox("cmov", isoBox("dcom", Array("zlib".utf8))))
    #expect(try inspect(empty).faults.first?.name == "missing-box")
    // One is unpacked, however many there are: each may be a thousand times as long as it looks.
    let once = file("zlib", packed(movie))
    let compressed = Array(once.dropFirst(parts.data.count + 8))
    let twice = try inspect(parts.data + isoBox("moov", compressed + compressed))
    #expect(try twice.facts.videoStreams == inspect(once).facts.videoStreams)
    // A fault within is told at the place of the whole.
    var broken = movie
    broken.replaceSubrange(
      (try #require(broken.isoBox("stbl")) + 4)..., with: movie[(try #require(movie.isoBox("stbl")) + 4)...])
    let table = try #require(broken.isoBox("stco"))
    broken.replaceSubrange(table + 12..<table + 16, with: bigEndian(UInt32.max))
    let fault = try #require(try inspect(file("zlib", packed(broken))).faults.first)
    #expect(fault.name == "table-past-box")
    #expect(fault.offset == UInt64(parts.data.count + 8))
  }

  @Test func listsThatEndWithZero() throws {
    let parts = try Parts()
    var movie = parts.movie + isoBox("udta", isoBox("name", [0x61]) + [0, 0, 0, 0])
    movie.replaceSubrange(0..<4, with: bigEndian(UInt32(movie.count)))
    try expectWhole(parts.fileType + isoBox("free", []) + parts.data + movie, "video/mp4")
  }

  @Test func metadataThatDoesNotFitIsPassedOver() throws {
    let parts = try Parts()
    let metadata = isoBox(
      "udta", isoBox("meta", [0, 0, 0, 0] + isoBox("hdlr", [1]) + [0, 0, 0x70, 0] + Array("ilst".utf8)))
    var movie = parts.movie + metadata
    movie.replaceSubrange(0..<4, with: bigEndian(UInt32(movie.count)))
    try expectWhole(parts.fileType + isoBox("free", []) + parts.data + movie, "video/mp4")
  }

  @Test func fillingsAreSkipped() throws {
    let parts = try Parts()
    let filling =
      (0..<2000).flatMap { _ in isoBox("free", []) } + isoBox("skip", parts.movie)
      + isoBox("zzzz", [1, 2, 3])
    let file = parts.fileType + filling + parts.data + parts.movie(movedBy: filling.count - 8)
    try expectWhole(file, "video/mp4")
    let start = isoBox("free", [1])
    let moved = parts.movie(movedBy: filling.count - 8 + start.count)
    try expectWhole(start + parts.fileType + filling + parts.data + moved, "video/mp4")
  }

  @Test func secondMovieIsPassedOver() throws {
    let bytes = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    try expectWhole(bytes + Fixture.bytes("mp4/aac.m4a"), "video/mp4")
  }

  /// The sound of a QuickTime file counted one by one, though the codec packs it: nothing of that may
  /// look like data past the end.
  @Test func packedSoundIsOnlyCounted() throws {
    var bytes = try Fixture.bytes("mp4/ima4.mov")
    let sizes = try #require(bytes.isoBox("stsz"))
    let runs = try #require(bytes.isoBox("stsc"))
    let many: UInt32 = 1 << 20
    bytes.replaceSubrange(sizes + 12..<sizes + 20, with: bigEndian(UInt32(1)) + bigEndian(many))
    bytes.replaceSubrange(
      runs + 12..<runs + 28, with: [0, 0, 0, 1, 0, 0, 0, 1] + bigEndian(many) + [0, 0, 0, 1])
    bytes.replaceSubrange(runs + 8..<runs + 12, with: [0, 0, 0, 0])
    #expect(try inspect(bytes).faults == [])
    #expect(try inspect(bytes).facts.audioStreams?.first?.bitRate == nil)
    let chunks = try #require(bytes.isoBox("stco"))
    bytes.replaceSubrange(chunks + 16..<chunks + 20, with: bigEndian(UInt32(bytes.count)))
    #expect(try inspect(bytes).faults.map(\.name) == ["samples-past-end"])
  }

  /// QuickTime's sample description of sound in versions 1 and 2 (QuickTime File Format, Sound media).
  @Test func soundDescriptions() throws {
    let bytes = try Fixture.bytes("mp4/pcm-96000.mov")
    let entry = try #require(bytes.isoBox("lpcm"))
    func codec(bits: UInt32, flags: UInt32) throws -> AudioStream? {
      var variant = bytes
      variant.replaceSubrange(entry + 56..<entry + 64, with: bigEndian(bits) + bigEndian(flags))
      return try inspect(variant).facts.audioStreams?.first
    }
    #expect(try codec(bits: 32, flags: 1)?.codec == "pcm_f32le")
    #expect(try codec(bits: 64, flags: 3)?.codec == "pcm_f64be")
    #expect(try codec(bits: 24, flags: 4)?.codec == "pcm_s24le")
    #expect(try codec(bits: 8, flags: 0)?.codec == "pcm_u8")
    #expect(try codec(bits: 7, flags: 0)?.codec == "lpcm")
    #expect(try codec(bits: 16, flags: 6)?.sampleRate == 96000)

    let old = try Fixture.bytes("mp4/pcm-s16le.mov")
    let place = try #require(old.isoBox("sowt"))
    for (code, bits, name) in [
      ("twos", 16, "pcm_s16be"), ("twos", 8, "pcm_s8"), ("raw ", 8, "pcm_u8"), ("in24", 24, "pcm_s24be"),
      ("fl32", 32, "pcm_f32be"), ("ulaw", 16, "pcm_mulaw"), ("alaw", 16, "pcm_alaw"), ("QDM2", 16, "qdm2"),
      ("zzzz", 16, "zzzz"),
    ] {
      var variant = old
      variant.replaceSubrange(place + 4..<place + 8, with: code.utf8)
      variant[place + 27] = UInt8(bits)
      #expect(try inspect(variant).facts.audioStreams?.first?.codec == name)
    }
  }

  @Test func codeOfAnUnknownCodecIsSafeToShow() throws {
    var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let entry = try #require(bytes.isoBox("stsd")) + 16
    bytes.replaceSubrange(entry + 4..<entry + 8, with: [0x1b, 0x5b, 0, 0xff])
    #expect(try inspect(bytes).facts.videoStreams?.first?.codec == "\\x1b[\\x00\\xff")
  }

  /// A writer that lost the times of showing: the slices still tell.
  @Test func bPicturesWithoutTimesOfShowing() throws {
    for (name, expected) in [("h264-high-b-aac.mp4", true), ("h264-high-aac-faststart.mp4", false)] {
      var bytes = try Fixture.bytes("mp4/" + name)
      if let offsets = bytes.isoBox("ctts") {
        bytes.replaceSubrange(offsets + 4..<offsets + 8, with: "free".utf8)
      }
      #expect(try inspect(bytes).facts.videoStreams?.first?.bFrames == expected, "\(name)")
    }
  }

  @Test func manyTracksAreBounded() throws {
    let parts = try Parts()
    let track = isoBox("trak", isoBox("mdia", []))
    var movie = parts.movie + (0..<2000).flatMap { _ in track }
    movie.replaceSubrange(0..<4, with: bigEndian(UInt32(movie.count)))
    let inspection = try inspect(parts.fileType + isoBox("free", []) + parts.data + movie)
    #expect(inspection.facts.videoStreams?.count == 1)
    #expect(inspection.faults.count <= 8)
  }
}
