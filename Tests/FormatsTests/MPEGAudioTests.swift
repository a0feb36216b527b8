import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct MPEGAudioTests {
  // MARK: - Facts

  @Test(arguments: [
    ("cbr-info.mp3", 2, 24000, 456.0), ("vbr-xing.mp3", 2, 32000, 468),
    ("no-index.mp3", 2, 24000, 456), ("id3v2-id3v1.mp3", 1, 32000, 468),
    ("checksums.mp3", 2, 44100, 444.082), ("mpeg25.mp3", 1, 11025, 522.449),
    ("mpeg2-no-index.mp3", 1, 24000, 456),
  ])
  func layer3(_ name: String, channels: Int, rate: Int, milliseconds: Double) throws {
    let inspection = try inspect(fixture: "audio/\(name)")
    #expect(inspection.mediaType == "audio/mpeg")
    #expect(inspection.facts.container == "mp3")
    #expect(inspection.facts.audioStreams?.map(\.codec) == ["mp3"])
    #expect(inspection.facts.audioStreams?.first?.channels == channels)
    #expect(inspection.facts.audioStreams?.first?.sampleRate == rate)
    #expect(abs((inspection.facts.durationMilliseconds ?? 0) - milliseconds) < 0.01)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
  }

  @Test func freeFormatIsRead() throws {
    let inspection = try inspect(fixture: "audio/free-format.mp3")
    #expect(inspection.facts.audioStreams?.map(\.codec) == ["mp3"])
    #expect(inspection.facts.audioStreams?.first?.channels == 1)
    #expect(abs((inspection.facts.durationMilliseconds ?? 0) - 444.082) < 0.01)
    #expect(inspection.facts.audioStreams?.first?.profile == "free format")
    #expect(inspection.faults == [])
  }

  @Test func bitRates() throws {
    let rates = try ["cbr-info.mp3", "vbr-xing.mp3", "free-format.mp3"].map {
      try inspect(fixture: "audio/\($0)").facts.audioStreams?.first?.bitRate
    }
    #expect(rates == [64000, 53714, 199_998])
  }

  @Test func layer2IsToldApart() throws {
    let inspection = try inspect(fixture: "audio/layer2.mp2")
    #expect(inspection.mediaType == "audio/mpeg")
    #expect(inspection.facts.container == "mp2")
    #expect(inspection.facts.audioStreams?.map(\.codec) == ["mp2"])
    #expect(inspection.facts.audioStreams?.first?.bitRate == 64000)
    #expect(inspection.faults == [])
  }

  @Test func layer1IsToldApart() throws {
    // 32 kbit/s at 44.1 kHz: 8 slots of four bytes.
    let frames = frames([0xff, 0xff, 0x10, 0xc0], size: 32, count: 20)
    let inspection = try inspect(frames)
    #expect(inspection.facts.audioStreams?.map(\.codec) == ["mp1"])
    #expect(abs((inspection.facts.durationMilliseconds ?? 0) - 20 * 384 / 44.1) < 0.01)
    #expect(inspection.faults == [])
  }

  @Test func sizesOfFrames() throws {
    // A header each, with the size that the tables of the two standards give.
    for (header, size) in [
      ([0xff, 0xfb, 0x90, 0x64], 417), ([0xff, 0xfb, 0x92, 0x64], 418), ([0xff, 0xfb, 0xe0, 0x64], 1044),
      ([0xff, 0xfb, 0x14, 0x64], 96), ([0xff, 0xfb, 0x18, 0x64], 144), ([0xff, 0xf3, 0x80, 0x64], 208),
      ([0xff, 0xe3, 0x18, 0x64], 72), ([0xff, 0xfd, 0x80, 0x64], 417), ([0xff, 0xf5, 0x80, 0x64], 417),
      ([0xff, 0xff, 0x12, 0xc0], 36), ([0xff, 0xf7, 0x10, 0xc0], 68),
    ] as [([UInt8], Int)] {
      let whole = frames(header, size: size, count: 8)
      #expect(try inspect(whole).faults == [], "\(header)")
      #expect(try inspect(whole).mediaType == "audio/mpeg", "\(header)")
      #expect(try inspect(Array(whole.dropLast())).isPossiblyTruncated, "\(header)")
    }
  }

  @Test func firstFrameIsSearchedFor() throws {
    let sound = try Fixture.bytes("audio/no-index.mp3")
    let zeros = [UInt8](repeating: 0, count: 900)
    for (name, before) in [
      ("zeros", zeros), ("a rest of a frame", Array(sound[50..<150])),
      ("a tag that is too short", tag(size: 0) + zeros),
      ("a tag with a wrong size", Array("ID3".utf8) + [4, 0, 0, 0xff, 0, 0, 9] + zeros),
      ("two tags", tag(size: 30) + tag(size: 4)),
      ("a tag with a footer", tag(size: 6, flags: 0x10) + [UInt8](repeating: 0x33, count: 10)),
      ("an APE tag", apeTag(isHeaderFirst: true)),
    ] {
      let inspection = try inspect(before + sound)
      #expect(inspection.mediaType == "audio/mpeg", "\(name)")
      #expect(inspection.facts.durationMilliseconds == 456, "\(name)")
      #expect(inspection.faults == [], "\(name)")
    }
  }

  @Test func tagsAtTheEndAreKnown() throws {
    let sound = try Fixture.bytes("audio/no-index.mp3")
    let id3v1 = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
    let lyrics = Array("LYRICSBEGININD0000200LYR00004textLYRICS200".utf8)
    let sized = Array(lyrics.dropLast(9)) + Array("000033LYRICS200".utf8)
    let footed =
      tag(size: 6, flags: 0x10) + Array("3DI".utf8) + [4, 0, 0x10, 0, 0, 0, 6]
    for (name, after) in [
      ("ID3v1", id3v1), ("APE", apeTag(isHeaderFirst: true)), ("APE without header", apeTag()),
      ("Lyrics3 v2", sized), ("Lyrics3 v1", Array("LYRICSBEGINtextLYRICSEND".utf8)),
      ("ID3v2 with a footer", footed), ("ID3v2", tag(size: 50)),
      ("three", apeTag(isHeaderFirst: true) + sized + id3v1), ("zeros", [0, 0, 0, 0, 0, 0]),
    ] {
      let inspection = try inspect(sound + after)
      #expect(inspection.trailingDataOffset == nil, "\(name)")
      #expect(inspection.faults == [], "\(name)")
      #expect(inspection.facts.durationMilliseconds == 456, "\(name)")
    }
  }

  @Test func otherBytesAtTheEndAreTrailingData() throws {
    let sound = try Fixture.bytes("audio/no-index.mp3")
    let inspection = try inspect(sound + Array("something else".utf8))
    #expect(inspection.trailingDataOffset == UInt64(sound.count))
    #expect(inspection.faults == [])
  }

  @Test func framesGoOnBehindJunk() throws {
    let sound = try Fixture.bytes("audio/no-index.mp3")
    let other = frames([0xff, 0xfb, 0x90, 0x64], size: 417, count: 10)
    let same = try inspect(sound + [UInt8](repeating: 9, count: 77) + sound)
    #expect(same.facts.durationMilliseconds == 912)
    #expect(same.faults.map(\.name) == ["frames-interrupted"])
    let others = try inspect(sound + [1, 2, 3] + tag(size: 9) + other)
    #expect(abs((others.facts.durationMilliseconds ?? 0) - 456 - 11520 / 44.1) < 0.01)
    #expect(others.faults == [])
  }

  @Test func indexesAreBelievedWithinReason() throws {
    // Ten frames under the index of a long piece: players show its length.
    let excerpt = try inspect(xing(frames: 9488, bytes: 3_966_013) + plain(10))
    #expect(abs((excerpt.facts.durationMilliseconds ?? 0) - 9488 * 1152 / 44.1) < 0.01)
    #expect(excerpt.faults.map(\.name) == ["truncated"])
    // Two files joined: the index counts the first alone.
    let joined = try inspect(xing(frames: 10, bytes: 4587) + plain(10) + plain(20))
    #expect(abs((joined.facts.durationMilliseconds ?? 0) - 30 * 1152 / 44.1) < 0.01)
    // What it counts is all there, and says nothing of how the other ends.
    let cut = try inspect(Array((xing(frames: 10, bytes: 4587) + plain(10) + plain(20)).dropLast()))
    #expect(cut.isPossiblyTruncated)
    // An encoder that couldn't go back leaves zeros.
    let empty = try inspect(xing(frames: 0, bytes: 0) + plain(10))
    #expect(abs((empty.facts.durationMilliseconds ?? 0) - 10 * 1152 / 44.1) < 0.01)
  }

  @Test func vbriIsAnIndex() throws {
    var first = frames([0xff, 0xfb, 0x90, 0x64], size: 417, count: 1)
    first.replaceSubrange(36..<40, with: "VBRI".utf8)
    first.replaceSubrange(46..<54, with: [0, 0, 0x12, 0x4b, 0, 0, 0, 10])
    let inspection = try inspect(first + plain(10))
    #expect(abs((inspection.facts.durationMilliseconds ?? 0) - 10 * 1152 / 44.1) < 0.01)
    #expect(inspection.faults == [])
  }

  // MARK: - Faults

  @Test(arguments: [
    "cbr-info.mp3", "vbr-xing.mp3", "no-index.mp3", "id3v2-id3v1.mp3", "checksums.mp3", "free-format.mp3",
    "mpeg25.mp3", "mpeg2-no-index.mp3",
  ])
  func cutsAreTold(_ name: String) throws {
    try expectTellsCuts(Fixture.bytes("audio/\(name)"))
  }

  @Test func cutsWithinALayer2FrameAreTold() throws {
    let bytes = try Fixture.bytes("audio/layer2.mp2")
    for length in [bytes.count / 2 + 9, bytes.count * 95 / 100, bytes.count - 1, 100] {
      let inspection = try inspect(Array(bytes[..<length]))
      if length == 100 {
        // Within the first frame.
        #expect(inspection.faults.map(\.name) == ["truncated"])
        continue
      }
      #expect(inspection.isPossiblyTruncated)
      #expect(inspection.possibleTruncation?.offset == UInt64(length))
    }
  }

  @Test func cutAtABorderIsToldByTheIndex() throws {
    let whole = xing(frames: 12, bytes: 13 * 417) + plain(12)
    #expect(try inspect(whole).faults == [])
    let faults = try inspect(Array(whole.dropLast(2 * 417))).faults
    #expect(faults.map(\.name) == ["truncated"])
    #expect(faults.first?.expected == "12 frames")
    #expect(faults.first?.actual == "10 frames")
    #expect(faults.first?.offset == UInt64(whole.count - 2 * 417))
    // The last frame alone.
    let last = try inspect(Array(whole.dropLast(417)))
    #expect(last.faults == [])
    #expect(last.possibleTruncation?.offset == UInt64(whole.count - 417))
    // More bytes than a frame has.
    let more = try inspect(xing(frames: 12, bytes: 12 * 417 + 1442) + plain(11))
    #expect(more.faults.map(\.name) == ["truncated"])
    #expect(try inspect(xing(frames: 12, bytes: 12 * 417 + 1441) + plain(11)).isPossiblyTruncated)
  }

  @Test func indexThatCountsBytesAlone() throws {
    let cut = { (bytes: UInt32) in
      var file = xing(frames: 2, bytes: bytes) + plain(11)
      // The flags, and the number that they announce.
      file.replaceSubrange(40..<48, with: bigEndian(UInt32(2)) + bigEndian(bytes))
      return try inspect(file)
    }
    let byteCount: UInt32 = 12 * 417
    for bytes in [1, byteCount, byteCount + 2 * 1441] {
      #expect(try cut(bytes).possibleTruncation == nil)
    }
    #expect(try cut(byteCount + 2 * 1441 + 1).possibleTruncation?.offset == 12 * 417)
    #expect(try cut(99 * byteCount).faults == [])
  }

  @Test func byteOrderMarkBeforeATag() throws {
    let sound = try Fixture.bytes("audio/no-index.mp3")
    for mark in [[0xff, 0xfe], [0xfe, 0xff], [0xef, 0xbb, 0xbf]] as [[UInt8]] {
      for file in [tag(size: 9) + sound, sound] {
        let inspection = try inspect(mark + file)
        #expect(inspection.leadingData?.byteCount == UInt64(mark.count))
        #expect(inspection.leadingData?.words == "a byte order mark")
        #expect(inspection.mediaType == .mpegAudio)
      }
    }
    #expect(try inspect(sound).leadingData == nil)
    // The rest of a frame may be such bytes.
    #expect(try inspect([0xff, 0xfe, 0] + sound).leadingData == nil)
  }

  @Test func cutWithinATagIsTold() throws {
    let sound = try Fixture.bytes("audio/no-index.mp3")
    let id3v1 = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
    for (name, after) in [
      ("ID3v1", Array(id3v1.dropLast())), ("APE", Array(apeTag(isHeaderFirst: true).dropLast())),
      ("Lyrics3", Array("LYRICSBEGINtextLYR".utf8)), ("ID3v2", Array(tag(size: 50).dropLast())),
    ] {
      let faults = try inspect(sound + after).faults
      #expect(faults.map(\.name) == ["truncated"], "\(name)")
      #expect(faults.first?.offset == UInt64(sound.count + after.count), "\(name)")
    }
    let front = try inspect(Array((tag(size: 500) + sound).prefix(300)))
    #expect(front.mediaType == "audio/mpeg")
    #expect(front.faults.map(\.name) == ["truncated"])
  }

  /// ffmpeg skips what the tag claims to be, and finds no sound.
  @Test(arguments: [
    (-1000, [String]()), (0, ["no-frames"]), (1, ["tag-past-end"]), (1 << 21, ["tag-past-end"]),
  ])
  func tagThatClaimsToReach(pastTheEnd surplus: Int, faults: [String]) throws {
    let sound = plain(8)
    // The header alone, and all else, and the surplus, as its size.
    let claiming = tag(size: sound.count + surplus).prefix(10) + sound
    let inspection = try inspect(Array(claiming))
    #expect(inspection.mediaType == "audio/mpeg")
    #expect(inspection.faults.map(\.name) == faults)
  }

  @Test func tagWithoutSound() throws {
    let bare = try inspect(tag(size: 500))
    #expect(bare.mediaType == "audio/mpeg")
    #expect(bare.faults.map(\.name) == ["no-frames"])
    #expect(bare.faults.first?.offset == 510)
    let junk = try inspect(tag(size: 5) + [UInt8](repeating: 0x41, count: 3000))
    #expect(junk.faults.map(\.name) == ["no-frames"])
  }

  @Test func headerWithoutFrames() throws {
    let junk = try inspect([0xff, 0xfb, 0x90, 0x64] + [UInt8](repeating: 0x41, count: 3000))
    #expect(junk.mediaType == "audio/mpeg")
    #expect(junk.faults.map(\.name) == ["no-frames"])
    let cut = try inspect([0xff, 0xfb, 0x90, 0x64] + [UInt8](repeating: 0x41, count: 300))
    #expect(cut.faults.map(\.name) == ["truncated"])
    #expect(cut.facts.audioStreams?.first?.sampleRate == 44100)
  }

  @Test func lastFrameMayBeShort() throws {
    let sound = plain(10)
    let part = Array(plain(1).prefix(200))
    #expect(try inspect(sound + part).isPossiblyTruncated)
    // The index doesn't count it.
    #expect(try inspect(xing(frames: 10, bytes: 11 * 417) + sound + part).faults == [])
    // A tagger has written behind it since.
    let id3v1 = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
    #expect(try inspect(sound + part + id3v1).faults == [])
    // An encoder that stops with the last byte of the frame's own sound, which is all side information
    // here: 4 bytes of header and 32.
    #expect(try inspect(sound + part.prefix(36)).faults == [])
    #expect(try inspect(sound + part.prefix(36)).possibleTruncation == nil)
    #expect(try inspect(sound + part.prefix(35)).isPossiblyTruncated)
    #expect(try inspect(sound + part.prefix(2)).isPossiblyTruncated)
  }

  @Test func soundThatTheLastFrameStillNeeds() throws {
    // part2_3_length of the first granule and channel: 800 bits, a hundred bytes behind the 36 of the
    // header and the side information. It stands behind main_data_begin (9 bits), private_bits (3) and
    // scfsi (8).
    var part = Array(plain(1).prefix(136))
    part[4 + 2] = 0x03
    part[4 + 3] = 0x20
    #expect(try inspect(plain(10) + part).possibleTruncation == nil)
    #expect(try inspect(plain(10) + part.dropLast()).isPossiblyTruncated)
    // With 16 bytes of it in the bit reservoir, it ends so much earlier.
    part[4] = 0x08
    #expect(try inspect(plain(10) + part.dropLast(16)).possibleTruncation == nil)
    #expect(try inspect(plain(10) + part.dropLast(17)).isPossiblyTruncated)
  }

  /// A header, the size of its frame, the bits before those of the first granule, the bits of a granule and how many
  /// granules there are, for one channel each.
  @Test(
    arguments: [
      ([0xff, 0xfb, 0x90, 0x64], 417, 20, 59, 4), ([0xff, 0xfb, 0x90, 0xc4], 417, 18, 59, 2),
      // With a checksum.
      ([0xff, 0xfa, 0x90, 0x64], 417, 16 + 20, 59, 4),
      // MPEG-2 and 2.5.
      ([0xff, 0xf3, 0x80, 0x64], 208, 10, 63, 2), ([0xff, 0xf3, 0x80, 0xc4], 208, 9, 63, 1),
      ([0xff, 0xe3, 0x18, 0x64], 72, 10, 63, 2),
    ] as [([UInt8], Int, Int, Int, Int)])
  func sideInformation(_ header: [UInt8], size: Int, before: Int, granule: Int, count: Int) throws {
    // scalefac_compress has four bits or nine.
    let window = 12 + 9 + 8 + (granule == 59 ? 4 : 9)
    for start in (0..<count).map({ before + granule * $0 }) {
      for (index, width, value, isFine) in [
        (12, 9, 288, true), (12, 9, 289, false), (12, 9, 511, false),
        // window_switching_flag, and block_type.
        (window, 3, 0b100, false), (window, 3, 0b101, true), (window, 3, 0b110, true),
        (window, 3, 0b111, true), (window, 3, 0b011, true),
      ] {
        var second = frames(header, size: size, count: 1)
        for bit in 0..<width where value >> (width - 1 - bit) & 1 == 1 {
          let place = start + index + bit
          second[4 + place / 8] |= 0x80 >> (place % 8)
        }
        let whole = frames(header, size: size, count: 1) + second + frames(header, size: size, count: 6)
        let expected = isFine ? [] : [NamedFault("invalid-side-information", size)]
        #expect(try inspect(whole).namedFaults == expected, "\(start + index) \(value)")
      }
    }
  }

  @Test func sideInformationOfLayer3Alone() throws {
    for (header, faults) in [
      ([0xff, 0xfb, 0x90, 0x64], ["invalid-side-information"]), ([0xff, 0xfd, 0x80, 0x64], []),
    ] as [([UInt8], [String])] {
      var frame = frames(header, size: 417, count: 1)
      for index in 4..<36 { frame[index] = 0xff }
      let others = frames(header, size: 417, count: 4)
      #expect(try inspect(others + frame + others).faults.map(\.name) == faults)
    }
  }

  // MARK: - What is no MPEG audio

  @Test func othersAreNotClaimed() throws {
    for (name, bytes) in [
      ("UTF-16", [0xff, 0xfe] + Array("A\0 \0p\0l\0a\0i\0n\0".utf8)),
      ("set bits", [UInt8](repeating: 0xff, count: 9000)),
      ("a text about tags", Array("ID3 is a format of tags".utf8)),
      ("a text that begins so", Array("TAG, you are it. APETAGEX.".utf8)),
      ("noise", noise(20000)),
      ("frames within others", noise(20000) + plain(8) + noise(20000)),
    ] as [(String, [UInt8])] {
      #expect(try inspect(bytes).mediaType != "audio/mpeg", "\(name)")
      #expect(try inspect(bytes).facts.audioStreams == nil, "\(name)")
    }
  }

  // MARK: - Hostile bytes

  @Test func survivesCutsAndFlips() throws {
    expectSurvivesCuts(try Fixture.bytes("audio/mpeg25.mp3"))
    expectSurvivesFlips(try Fixture.bytes("audio/vbr-xing.mp3"), first: 60)
    expectSurvivesFlips(Array(try Fixture.bytes("audio/free-format.mp3").prefix(1500)), first: 40)
  }

  @Test func hostileNumbers() throws {
    let sound = plain(10)
    for value: UInt32 in [0, 1, 10, 0x7fff_ffff, 0x8000_0000, .max] {
      let bytes = withUnsafeBytes(of: value.bigEndian) { Array($0) }
      #expect(try inspect(xing(frames: value, bytes: value) + sound).mediaType == "audio/mpeg")
      #expect(try inspect(Array("ID3\u{4}\0\0".utf8) + bytes + sound).mediaType == "audio/mpeg")
      var ape = apeTag()
      ape.replaceSubrange(ape.count - 20..<ape.count - 16, with: bytes)
      #expect(try inspect(sound + ape).mediaType == "audio/mpeg")
    }
    for size in ["000000", "999999", "00000x"] {
      #expect(try inspect(sound + Array("\(size)LYRICS200".utf8)).mediaType == "audio/mpeg")
    }
  }

  @Test func lookAlikesCostNoMoreThanTheirSize() throws {
    // Junk after every frame, headers at every other byte, tags that open and close at once.
    let parts: [([UInt8], Int)] = [
      (plain(2) + [1, 2, 3], 300), ([0xff, 0xfb], 60000), ([0xff, 0xfb, 0x00, 0x64], 20000),
      (Array("LYRICSBEGINLYRICSEND".utf8) + [1], 20000),
    ]
    for (part, count) in parts {
      let source = CountingSource(
        plain(4) + [[UInt8]](repeating: part, count: count).flatMap(\.self))
      _ = try engine.inspect(source)
      #expect(source.bytesRead < 20 * source.byteCount)
    }
  }
}

// MARK: - Bytes made here

/// Frames with nothing but a header.
private func frames(_ header: [UInt8], size: Int, count: Int) -> [UInt8] {
  let frame = header + [UInt8](repeating: 0, count: size - header.count)
  return [[UInt8]](repeating: frame, count: count).flatMap(\.self)
}

/// Frames of Layer III at 128 kbit/s and 44.1 kHz, without sound.
private func plain(_ count: Int) -> [UInt8] {
  frames([0xff, 0xfb, 0x90, 0x64], size: 417, count: count)
}

/// A first frame with an index.
private func xing(frames count: UInt32, bytes: UInt32) -> [UInt8] {
  var frame = plain(1)
  let numbers = [3, count, bytes].flatMap { number in
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
  frame.replaceSubrange(36..<52, with: Array("Xing".utf8) + numbers)
  return frame
}

/// An ID3v2.4 tag with as many bytes of padding.
private func tag(size: Int, flags: UInt8 = 0) -> [UInt8] {
  let bytes = [21, 14, 7, 0].map { UInt8(size >> $0 & 0x7f) }
  return Array("ID3".utf8) + [4, 0, flags] + bytes + [UInt8](repeating: 0, count: size)
}

/// An APE tag with one item, by its footer alone or by its header as well.
private func apeTag(isHeaderFirst: Bool = false) -> [UInt8] {
  let item: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0] + Array("Key\0v".utf8)
  func frame(_ flags: UInt8) -> [UInt8] {
    Array("APETAGEX".utf8) + [0xd0, 7, 0, 0, UInt8(item.count + 32), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, flags]
      + [UInt8](repeating: 0, count: 8)
  }
  return isHeaderFirst ? frame(0xa0) + item + frame(0x80) : item + frame(0)
}

/// Bytes without a pattern, the same each time.
private func noise(_ count: Int) -> [UInt8] {
  var state: UInt32 = 7
  return (0..<count).map { _ in
    state = state &* 1_664_525 &+ 1_013_904_223
    return UInt8(state >> 24)
  }
}
