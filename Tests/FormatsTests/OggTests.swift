import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct OggTests {
  // MARK: - Facts

  @Test func opusInMono() throws {
    let inspection = try inspect(fixture: "audio/mono.opus")
    #expect(inspection.mediaType == "audio/ogg")
    #expect(inspection.facts.container == "ogg")
    #expect(inspection.facts.durationMilliseconds == 400)
    let stream = try #require(inspection.facts.audioStreams?.first)
    #expect(stream.codec == "opus")
    #expect(stream.channels == 1)
    #expect(stream.sampleRate == 48000)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
  }

  @Test(arguments: [
    ("stereo.opus", "opus", 2, 48000, 400), ("vorbis.ogg", "vorbis", 2, 44100, 400),
    ("flac.oga", "flac", 1, 44100, 400), ("speex.spx", "speex", 1, 16000, 391),
  ])
  func sound(_ name: String, codec: String, channels: Int, rate: Int, milliseconds: Double) throws {
    let inspection = try inspect(fixture: "audio/\(name)")
    #expect(inspection.mediaType == "audio/ogg")
    #expect(inspection.facts.audioStreams?.count == 1)
    #expect(inspection.facts.audioStreams?.first?.codec == codec)
    #expect(inspection.facts.audioStreams?.first?.channels == channels)
    #expect(inspection.facts.audioStreams?.first?.sampleRate == rate)
    #expect(abs((inspection.facts.durationMilliseconds ?? 0) - milliseconds) < 1)
    #expect(inspection.facts.videoStreams == nil)
    #expect(inspection.faults == [])
  }

  @Test func theoraWithVorbis() throws {
    let inspection = try inspect(fixture: "audio/theora-vorbis.ogv")
    #expect(inspection.mediaType == "video/ogg")
    #expect(inspection.facts.width == 64)
    #expect(inspection.facts.height == 48)
    #expect(inspection.facts.videoStreams?.map(\.codec) == ["theora"])
    #expect(inspection.facts.videoStreams?.first?.frameRate == 10)
    #expect(inspection.facts.audioStreams?.map(\.codec) == ["vorbis"])
    #expect(inspection.facts.durationMilliseconds == 600)
    #expect(inspection.faults == [])
  }

  @Test func linksOfAChainAddUp() throws {
    let mono = try Fixture.bytes("audio/mono.opus")
    let both = try inspect(mono + Fixture.bytes("audio/stereo.opus"))
    #expect(both.facts.durationMilliseconds == 800)
    #expect(both.facts.audioStreams?.map(\.channels) == [1, 2])
    #expect(both.faults == [])
    // The same file twice, with the same serial number, is a chain of two links of one kind.
    let twice = try inspect(mono + mono)
    #expect(twice.facts.durationMilliseconds == 800)
    #expect(twice.facts.audioStreams?.count == 1)
    #expect(twice.faults == [])
  }

  @Test func chainWithoutLastPagesAddsUp() throws {
    var mono = try Fixture.bytes("audio/mono.opus")
    try setLastOggPage(&mono) { $0[5] = 0 }
    let inspection = try inspect(mono + Fixture.bytes("audio/stereo.opus"))
    #expect(inspection.facts.durationMilliseconds == 800)
    #expect(inspection.faults == [])
  }

  @Test func skeletonDoesNotMakeAVideo() throws {
    let sound = try Fixture.bytes("audio/vorbis.ogg")
    let bones = oggPage(Array("fishead\0".utf8) + [UInt8](repeating: 0, count: 56), serial: 99, flags: 2)
    let pages = try oggPages(sound)
    let ending = oggPage([], serial: 99, flags: 4, sequence: 1)
    let file = bones + pages[0] + ending + pages[1...].flatMap(\.self)
    let inspection = try inspect(file)
    #expect(inspection.mediaType == "audio/ogg")
    #expect(inspection.facts.audioStreams?.map(\.codec) == ["vorbis"])
    #expect(inspection.faults == [])
  }

  @Test func tagBeforeTheFirstPage() throws {
    let tag = Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4]
    let inspection = try inspect(tag + Fixture.bytes("audio/mono.opus"))
    #expect(inspection.mediaType == "audio/ogg")
    #expect(inspection.facts.durationMilliseconds == 400)
    #expect(inspection.faults == [])
  }

  @Test func joinedLateCountsFromThere() throws {
    // Two seconds at 48 kHz: the first page with sound says that it ends at 10 s.
    let packet: [UInt8] = [0x0c << 3, 0, 0]
    let file =
      oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
      + oggPage(packet, granule: 480_000, sequence: 500) + oggPage(packet, granule: 575_040, sequence: 501)
    let inspection = try inspect(file)
    #expect(inspection.facts.durationMilliseconds == Double(575_040 - (480_000 - 480) - 312) / 48)
    #expect(inspection.faults == [])
  }

  @Test func preSkipLongerThanTheSoundLeavesNothing() throws {
    let file =
      oggPage(opusHead(preSkip: 65535), flags: 2) + oggPage(opusTags, sequence: 1)
      + oggPage([0x60, 0], granule: 480, flags: 4, sequence: 2)
    #expect(try inspect(file).facts.durationMilliseconds == 0)
  }

  @Test func oldFLACMappingAndOGM() throws {
    let old = try inspect(oggPage(Array("fLaC".utf8), flags: 2 | 4))
    #expect(old.facts.audioStreams?.map(\.codec) == ["flac"])
    var header = Array("\u{1}video\0\0\0XVID".utf8) + [UInt8](repeating: 0, count: 4)
    header += littleEndian(400_000, 8) + littleEndian(1, 8) + [UInt8](repeating: 0, count: 12)
    header += littleEndian(320, 4) + littleEndian(240, 4)
    let video = try inspect(oggPage(header, flags: 2 | 4))
    #expect(video.mediaType == "video/ogg")
    #expect(video.facts.videoStreams?.first?.codec == "mpeg4")
    #expect(video.facts.videoStreams?.first?.frameRate == 25)
    #expect(video.facts.width == 320)
  }

  @Test func streamsOfNoKnownKindAreApplicationOgg() throws {
    let inspection = try inspect(oggPage(Array("whatever".utf8), flags: 2 | 4))
    #expect(inspection.mediaType == "application/ogg")
    #expect(inspection.facts.audioStreams == nil)
    #expect(inspection.faults == [])
  }

  // MARK: - Faults

  @Test(arguments: ["mono.opus", "vorbis.ogg", "flac.oga", "speex.spx", "theora-vorbis.ogv"])
  func cutsAreTold(_ name: String) throws {
    try expectTellsCuts(Fixture.bytes("audio/\(name)"))
  }

  @Test func everyCutWithinAPageIsTold() throws {
    let bytes = try Fixture.bytes("audio/mono.opus")
    var borders: Set<Int> = [0]
    for page in try oggPages(bytes) { borders.insert((borders.max() ?? 0) + page.count) }
    for length in stride(from: 4, to: bytes.count, by: 7) where !borders.contains(length) {
      #expect(try inspect(Array(bytes[..<length])).faults.count == 1, "cut to \(length)")
    }
  }

  @Test func everyByteIsUnderTheChecksum() throws {
    let bytes = try Fixture.bytes("audio/mono.opus")
    for index in stride(from: 4, to: bytes.count, by: 37) {
      var broken = bytes
      broken[index] ^= 0x10
      #expect(try !inspect(broken).faults.isEmpty, "byte \(index)")
    }
  }

  @Test func checksumThatDoesNotHold() throws {
    var bytes = try Fixture.bytes("audio/mono.opus")
    let pages = try oggPages(bytes)
    let offset = pages[0].count + pages[1].count
    bytes[offset + 60] ^= 1
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "crc-mismatch")
    #expect(fault.offset == UInt64(offset))
    #expect(fault.expected != fault.actual)
  }

  @Test func missingPage() throws {
    var file = oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
    for number in 2..<10 where number != 6 {
      file += oggPage([0x60, 0], granule: UInt64(number) * 480, sequence: UInt32(number))
    }
    let faults = try inspect(file).faults
    #expect(faults.map(\.name) == ["page-missing"])
    #expect(faults.first?.expected == "page 6")
    #expect(faults.first?.actual == "page 7")
    let last = oggPage([0x60, 0])
    #expect(faults.first?.offset == UInt64(file.count - 3 * last.count))
  }

  /// Eight pages, each with 10 ms of Opus, of which one is exchanged.
  private func stream(_ number: Int? = nil, _ other: [UInt8] = []) -> [UInt8] {
    var file = oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
    for page in 2..<10 {
      let flags: UInt8 = page == 9 ? 4 : 0
      let usual = oggPage([0x60, 0], granule: UInt64(page) * 480, flags: flags, sequence: UInt32(page))
      file += page == number ? other : usual
    }
    return file
  }

  @Test func pagesThatAreRepeated() throws {
    let pages = try oggPages(stream())
    let doubled = pages[..<6].flatMap(\.self) + pages[4..<6].flatMap(\.self) + pages[6...].flatMap(\.self)
    let faults = try inspect(doubled).faults
    #expect(faults.map(\.name) == ["page-missing", "granule-position-wrong"])
    #expect(faults[0].message.contains("go back"))
    #expect(faults[0].offset == UInt64(pages[..<6].reduce(0) { $0 + $1.count }))
    #expect((faults[0].expected, faults[0].actual) == ("page 6", "page 4"))
  }

  @Test func pagesAfterTheEnd() throws {
    let early = stream(5, oggPage([0x60, 0], granule: 5 * 480, flags: 4, sequence: 5))
    let faults = try inspect(early).namedFaults
    let pages = try oggPages(early)
    #expect(faults == [NamedFault("page-after-end", pages[..<6].reduce(0) { $0 + $1.count })])
    // Another stream may follow.
    #expect(try inspect(stream() + Fixture.bytes("audio/mono.opus")).faults == [])
  }

  @Test func positionsThatAreNoTimes() throws {
    #expect(try inspect(stream()).faults == [])
    let fourHours: UInt64 = 14_400 * 48_000
    for (granule, isFine) in [
      (8 * 480, true), (8 * 480 - 1, false), (8 * 480 + fourHours, true), (8 * 480 + fourHours + 1, false),
      (1 << 40, false),
    ] as [(UInt64, Bool)] {
      let last = oggPage([0x60, 0], granule: granule, flags: 4, sequence: 9)
      #expect(
        try inspect(stream(9, last)).faults.map(\.name) == (isFine ? [] : ["granule-position-wrong"]),
        "\(granule)")
    }
  }

  /// As many pages with 10 ms of Opus each, and what each states in place of a position.
  private func untimed(_ pages: Int, _ granule: UInt64, preSkip: UInt64 = 312) -> [UInt8] {
    (2..<pages + 2).reduce(oggPage(opusHead(preSkip: preSkip), flags: 2) + oggPage(opusTags, sequence: 1)) {
      let flags: UInt8 = $1 == pages + 1 ? 4 : 0
      return $0 + oggPage([0x60, 0], granule: granule, flags: flags, sequence: UInt32($1))
    }
  }

  @Test(arguments: [0, .max, .max - 959]) func positionsThatStayAtZero(_ granule: UInt64) throws {
    let inspection = try inspect(untimed(3, granule))
    #expect(inspection.faults.map(\.name) == ["granule-position-wrong"])
    #expect(inspection.facts.durationMilliseconds == nil)
    let start = oggPage(opusHead(), flags: 2).count + oggPage(opusTags).count
    #expect(inspection.faults.first?.offset == UInt64(start))
    // A recording of nothing: what there is isn't played.
    for nothing in [untimed(2, granule), untimed(3, granule, preSkip: 1440)] {
      #expect(try inspect(nothing).faults == [])
      #expect(try inspect(nothing).facts.durationMilliseconds == 0)
    }
    #expect(try inspect(untimed(3, granule, preSkip: 1439)).faults.count == 1)
  }

  /// Players that follow the positions refuse the packets of a page without one.
  @Test func pageWithoutAPosition() throws {
    for (number, flags) in [(9, 4), (5, 0)] as [(Int, UInt8)] {
      let file = stream(number, oggPage([0x60, 0], granule: .max, flags: flags, sequence: UInt32(number)))
      let offset = try oggPages(file)[..<number].reduce(0) { $0 + $1.count }
      #expect(try inspect(file).namedFaults == [NamedFault("granule-position-wrong", offset)])
    }
    // No packet ends there.
    #expect(
      try inspect(stream(9, oggPage([], lacing: [], granule: .max, flags: 4, sequence: 9))).faults == [])
  }

  @Test func zerosBehindTheEnd() throws {
    let file = stream()
    let last = try #require(try oggPages(file).last).count
    let zeros = { [UInt8](repeating: 0, count: 65_307 - last + $0) }
    #expect(try inspect(file + zeros(0)).trailingDataOffset == nil)
    #expect(try inspect(file + zeros(1)).trailingDataOffset == UInt64(file.count))
  }

  /// RFC 6716, section 3.4: what each number of frames allows.
  @Test(
    arguments: [
      ([0x60], true), ([0x60, 0], true), ([UInt8](repeating: 0x60, count: 1276), true),
      ([UInt8](repeating: 0x60, count: 1277), false),
      // Two frames of one length; of two.
      ([0x61, 1, 2], true), ([0x61, 1, 2, 3], false), ([0x62], false), ([0x62, 2, 1, 1], true),
      ([0x62, 3, 1, 1], false), ([0x62, 2, 1, 1, 9, 9], true), ([0x62, 252, 0], false),
      ([0x62, 252, 0] + [UInt8](repeating: 1, count: 252), true),
      // Any number: none, more than 110 ms, padding, lengths of their own.
      ([0x63], false), ([0x63, 0], false), ([0x63, 6, 1, 1, 1, 1, 1, 1], true), ([0x63, 12], true),
      ([0x63, 13], false),
      ([0x63, 3, 1, 2, 3], true), ([0x63, 3, 1, 2], false), ([0x63, 0x43, 2, 1, 1, 1, 0, 0], true),
      ([0x63, 0x43, 9, 1, 1, 1, 0, 0], false), ([0x63, 0x43, 255], false), ([0x63, 0x82, 1, 5, 5], true),
      ([0x63, 0x82, 3, 5, 5], false), ([0x63, 0x82], false),
    ] as [([UInt8], Bool)])
  func packetsOfOpus(_ packet: [UInt8], _ isValid: Bool) throws {
    var lacing = [UInt8](repeating: 255, count: packet.count / 255)
    lacing.append(UInt8(packet.count % 255))
    let page = oggPage(packet, lacing: lacing, granule: 5 * 480, sequence: 5)
    let names = try inspect(stream(5, page)).faults.map(\.name)
    #expect(names.contains("invalid-opus-packet") == !isValid, "\(packet.prefix(8)) \(names)")
  }

  /// With more than two channels a packet is several, of which only the last has no length.
  @Test func packetsOfManyChannels() throws {
    let head = Array(opusHead(channels: 3).dropLast()) + [1, 2, 1, 0, 1, 2]
    var file = oggPage(head, flags: 2) + oggPage(opusTags, sequence: 1)
    for page in 2..<10 {
      let flags: UInt8 = page == 9 ? 4 : 0
      file += oggPage(
        [0x61, 1, 9, 9, 0x60, 0], granule: UInt64(page) * 960, flags: flags, sequence: UInt32(page))
    }
    #expect(try inspect(file).faults == [])
  }

  @Test func fileThatStartsInTheMiddle() throws {
    let pages = try oggPages(Fixture.bytes("audio/mono.opus"))
    let inspection = try inspect(pages[1...].flatMap(\.self))
    #expect(inspection.mediaType == "application/ogg")
    #expect(inspection.faults.map(\.name) == ["first-page-missing"])
  }

  @Test func headersAlone() throws {
    let pages = try oggPages(Fixture.bytes("audio/mono.opus"))
    #expect(try inspect(pages[0] + pages[1]).faults.map(\.name) == ["content-missing"])
    #expect(try inspect(pages[0]).faults.map(\.name).contains("truncated"))
  }

  @Test func headerThatCannotBe() throws {
    for head in [
      opusHead(version: 16), opusHead(channels: 0), opusHead(channels: 3),
      Array(opusHead().prefix(12)), vorbisHead(version: 1), vorbisHead(channels: 0),
      vorbisHead(rate: 0), vorbisHead(sizes: 0x8b), vorbisHead(sizes: 0x15),
    ] {
      let faults = try inspect(oggPage(head, flags: 2 | 4)).faults
      #expect(faults.first?.name == "header-broken", "\(head)")
      #expect(faults.first?.offset ?? 0 >= 28)
    }
    #expect(try inspect(oggPage(vorbisHead(), flags: 2 | 4)).faults == [])
  }

  @Test func secondHeaderThatIsAnother() throws {
    let file = oggPage(opusHead(), flags: 2) + oggPage(Array("OpusTugs".utf8), flags: 4, sequence: 1)
    let faults = try inspect(file).faults
    #expect(faults.map(\.name) == ["header-broken"])
    #expect(faults.first?.offset == UInt64(oggPage(opusHead()).count + 28))
  }

  @Test func packetThatEndsWithItsPage() throws {
    let open = [UInt8](repeating: 0, count: 255)
    let start = oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
    let cut = start + oggPage(open, lacing: [255], granule: .max, sequence: 2)
    #expect(try inspect(cut).faults.map(\.name) == ["truncated"])
    // The next page begins a packet of its own instead of taking up the one left open.
    let broken = cut + oggPage([0x60, 0], granule: 960, flags: 4, sequence: 3)
    #expect(try inspect(broken).faults.map(\.name) == ["packet-broken-off"])
    let whole = cut + oggPage([0], granule: 960, flags: 1 | 4, sequence: 3)
    #expect(try inspect(whole).faults == [])
  }

  @Test func fewerSamplesThanStated() throws {
    let pages = try oggPages(Fixture.bytes("audio/flac.oga"))
    var shortened = pages.dropLast().flatMap(\.self)
    shortened += oggPage([0xff, 0xf8], serial: 4, granule: 17_000, sequence: UInt32(pages.count - 1))
    let faults = try inspect(shortened).faults
    #expect(faults.map(\.name) == ["truncated"])
    #expect(faults.first?.expected == "17640 samples")
  }

  @Test func whatStandsBehindTheLastPage() throws {
    let bytes = try Fixture.bytes("audio/mono.opus")
    #expect(try inspect(bytes + [0, 0, 0, 0, 0]).trailingDataOffset == nil)
    let junk = try inspect(bytes + Array("and more".utf8))
    #expect(junk.trailingDataOffset == UInt64(bytes.count))
    #expect(junk.faults == [])
    let tag = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
    #expect(try inspect(bytes + tag).trailingDataOffset == UInt64(bytes.count))
    #expect(try inspect(bytes + tag).faults == [])
    #expect(try inspect(bytes + Array("Ogg".utf8)).faults.map(\.name) == ["truncated"])
  }

  @Test func junkBetweenPagesIsPassedOver() throws {
    let pages = try oggPages(Fixture.bytes("audio/mono.opus"))
    let junk = [UInt8](repeating: 7, count: 700) + Array("OggS but no page".utf8)
    let inspection = try inspect(pages[0] + junk + pages[1...].flatMap(\.self))
    #expect(inspection.facts.durationMilliseconds == 400)
    #expect(inspection.faults == [])
  }

  @Test func otherBytesWhereTheStreamShouldGoOn() throws {
    var file = oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
    file += oggPage([0x60, 0], granule: 960, sequence: 2)
    let faults = try inspect(file + [UInt8](repeating: 7, count: 100)).faults
    #expect(faults.map(\.name) == ["page-missing"])
    #expect(faults.first?.offset == UInt64(file.count))
  }

  // MARK: - Hostile bytes

  @Test func survivesCutsAndFlips() throws {
    let bytes = try Fixture.bytes("audio/mono.opus")
    expectSurvivesCuts(bytes)
    expectSurvivesFlips(bytes, first: 80)
    expectSurvivesFlips(try Fixture.bytes("audio/theora-vorbis.ogv"), first: 48)
  }

  @Test(arguments: [0, 1, UInt64(Int64.max), UInt64(1) << 63, .max - 1, .max])
  func granulePositions(_ granule: UInt64) throws {
    let start = oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
    let file = start + oggPage([0x60, 0], granule: granule, flags: 4, sequence: 2)
    #expect(try inspect(file).facts.durationMilliseconds ?? 0 >= 0)
    let theora = [0x80] + Array("theora".utf8) + [3, 2, 1] + [UInt8](repeating: 0xff, count: 32)
    let video = oggPage(theora, flags: 2) + oggPage([0], granule: granule, flags: 4, sequence: 1)
    #expect(try inspect(video).facts.durationMilliseconds ?? 0 >= 0)
  }

  @Test func speexOfHugeFrames() throws {
    var header = Array("Speex   ".utf8) + [UInt8](repeating: 0, count: 72)
    header.replaceSubrange(36..<40, with: littleEndian(8000, 4))
    header[48] = 1
    header.replaceSubrange(56..<60, with: littleEndian(.max >> 32, 4))
    header.replaceSubrange(64..<72, with: littleEndian(.max, 8))
    let packets = [UInt8](repeating: 1, count: 200)
    let file =
      oggPage(header, flags: 2)
      + oggPage(packets, lacing: packets, granule: UInt64(Int64.max), flags: 4, sequence: 1)
    #expect(try inspect(file).facts.audioStreams?.first?.codec == "speex")
  }

  @Test func manyPageBeginningsCostNoMoreThanTheirSize() throws {
    // Each claims a page of 64 KiB, or of some 7 KiB that doesn't end where the next begins.
    let beginning = Array("OggS".utf8) + [UInt8](repeating: 0, count: 22) + [255]
    for (part, count) in [
      (beginning + [UInt8](repeating: 255, count: 5), 4000), (Array("OggS".utf8), 30000),
    ] {
      let source = CountingSource([[UInt8]](repeating: part, count: count).flatMap(\.self))
      _ = try engine.inspect(source)
      #expect(source.bytesRead < 80 * source.byteCount)
    }
  }

  @Test
  func streamsThatBeginAfterEachOtherAddUpToNoMoreThanTheyMay() throws {
    // A page of the first stream after each group takes all of them for one link of the chain.
    var file = oggPage([0x61], serial: 0, flags: 2) + oggPage([0x62], serial: 0, sequence: 1)
    for group in 0..<250 {
      for index in 1...64 { file += oggPage([0x79], serial: UInt32(group * 64 + index), flags: 2) }
      file += oggPage([0x62], serial: 0, sequence: UInt32(group + 2))
    }
    #expect(try inspect(file).mediaType == "application/ogg")
  }

  @Test func manyStreams() throws {
    var file: [UInt8] = []
    for serial in 0..<200 { file += oggPage(opusHead(), serial: UInt32(serial), flags: 2) }
    let inspection = try inspect(file)
    #expect(inspection.facts.audioStreams?.count == 64)
    #expect(inspection.faults.count <= 8)
  }
}

// MARK: - Headers made here

private func vorbisHead(
  version: UInt64 = 0, channels: UInt8 = 1, rate: UInt64 = 44100, sizes: UInt8 = 0xb8
) -> [UInt8] {
  Array("\u{1}vorbis".utf8) + littleEndian(version, 4) + [channels] + littleEndian(rate, 4)
    + [UInt8](repeating: 0, count: 12) + [sizes, 1]
}
