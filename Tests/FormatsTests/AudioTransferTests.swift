import MediaPreflight
import PreflightInspection
@testable import PreflightTestSupport
import Testing

/// What transfers do to audio without a container, and to Ogg: bytes are lost, doubled, replaced by zeros, or put before.
@Suite struct AudioTransferTests {
  // MARK: - MPEG audio

  @Test(arguments: ["cbr-info.mp3", "vbr-xing.mp3", "no-index.mp3", "mpeg25.mp3", "mpeg2-no-index.mp3"])
  func bytesBetweenFramesAreDamage(_ name: String) throws {
    let sound = try Fixture.bytes("audio/\(name)")
    let middle = sound.count / 2
    for (what, bytes) in [
      ("one byte more", sound.inserting([0x0d], at: middle)),
      ("some less", sound.without(middle..<middle + 101)),
      ("some twice", sound.inserting(Array(sound[middle - 99..<middle]), at: middle)),
      ("zeros", sound.with([UInt8](repeating: 0, count: 700), at: middle)),
    ] {
      #expect(try inspect(bytes).faults.first?.name == "frames-interrupted", "\(what)")
    }
  }

  @Test func fewFramesAmongOtherBytes() throws {
    // A tag announces audio; half of what follows must be frames.
    let other = [UInt8](repeating: 9, count: 10 * 417)
    #expect(try inspect(id3v2 + other + plain(10)).faults == [])
    #expect(try inspect(id3v2 + other + [9, 9] + plain(10)).faults.map(\.name) == ["frames-interrupted"])
    // A file that libmagic takes for MPEG audio, and in which no frames follow one another.
    let sound = try Fixture.bytes("audio/checksums.mp3")
    let changed = sound.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
    #expect(try engine.check(MemorySource(changed)).verdict == .rejected)
  }

  @Test func joinedFilesHaveNoGap() throws {
    let sound = try Fixture.bytes("audio/no-index.mp3")
    let indexed = try Fixture.bytes("audio/cbr-info.mp3")
    for (what, bytes) in [
      ("whole files", sound + sound),
      ("a tag between", sound + id3v2 + sound),
      ("a tag within the last frame", Array(sound.dropLast(50)) + id3v2 + sound),
      ("two tags", Array(sound.dropLast(50)) + id3v1 + id3v2 + sound),
      ("an index within the last frame", Array(sound.dropLast(50)) + indexed),
    ] as [(String, [UInt8])] {
      #expect(try inspect(bytes).faults == [], "\(what)")
    }
    let gap = try inspect(sound + [UInt8](repeating: 9, count: 77) + sound)
    #expect(gap.namedFaults == [NamedFault("frames-interrupted", sound.count)])
    #expect(gap.faults.first?.actual == "77 other bytes")
    // A tag that doesn't reach to the next frame explains nothing.
    let short = try inspect(Array(sound.dropLast(50)) + id3v2 + [1] + sound)
    #expect(short.faults.map(\.name) == ["frames-interrupted"])
  }

  @Test func lastFrameMayBeCut() throws {
    for name in ["audio/no-index.mp3", "audio/lc.aac"] {
      let sound = try Fixture.bytes(name)
      for length in [sound.count - 1, sound.count - 20] {
        let inspection = try inspect(Array(sound[..<length]))
        #expect(inspection.faults == [], "\(name)")
        #expect(inspection.possibleTruncation?.offset == UInt64(length), "\(name)")
        let findings = try engine.check(MemorySource(Array(sound[..<length]))).findings
        #expect(findings.contains { $0.code == .possiblyTruncated && $0.severity == .warning }, "\(name)")
      }
      #expect(try inspect(sound).possibleTruncation == nil, "\(name)")
    }
  }

  @Test func indexTellsThatMoreIsMissing() throws {
    // An index, twelve frames that it counts.
    let whole = xing(frames: 12, bytes: 13 * 417) + plain(12)
    #expect(try inspect(whole).faults == [])
    // The last frame alone: it may be cut.
    let last = try inspect(Array(whole.dropLast(100)))
    #expect(last.faults == [])
    #expect(last.possibleTruncation != nil)
    // One more.
    #expect(try inspect(Array(whole.dropLast(417 + 100))).faults.map(\.name) == ["truncated"])
    // A fraction of it, however small.
    #expect(try inspect(xing(frames: 9488, bytes: 3_966_013) + plain(10)).faults.map(\.name) == ["truncated"])
    // The space for the rest is there.
    let reserved = Array(whole.dropLast(5 * 417)) + [UInt8](repeating: 0, count: 5 * 417)
    #expect(try inspect(reserved).faults.map(\.name) == ["truncated"])
  }

  @Test func framesThatWereNotWritten() throws {
    // The frame needs 136 bytes: 36 of header and side information, and 800 bits of part2_3_length.
    func last(written: Int) -> [UInt8] {
      var frame = plain(1)
      frame[6] = 0x03
      frame[7] = 0x20
      for index in 36..<written { frame[index] = 0x55 }
      return frame
    }
    let zeros = [UInt8](repeating: 0, count: 100)
    #expect(try inspect(plain(9) + last(written: 136 - 40) + zeros).faults == [])
    let bytes = plain(9) + last(written: 136 - 41) + zeros
    #expect(try inspect(bytes).namedFaults == [NamedFault("unwritten", 9 * 417 + 95)])
    // Also where nothing follows the frame, but not where a tag does.
    #expect(try inspect(plain(9) + last(written: 95)).faults.map(\.name) == ["unwritten"])
    #expect(try inspect(plain(9) + last(written: 95) + id3v1).faults == [])
    // A header that wasn't written completely.
    #expect(try inspect(plain(9) + [0xff, 0xfb, 0, 0, 0, 0, 0]).faults.map(\.name) == ["unwritten"])
  }

  @Test func zerosAfterTheLastFrame() throws {
    for name in ["audio/no-index.mp3", "audio/lc.aac"] {
      let sound = try Fixture.bytes(name)
      let few = try inspect(sound + [UInt8](repeating: 0, count: 127))
      #expect(few.faults == [] && few.possibleTruncation == nil, "\(name)")
      let many = try inspect(sound + [UInt8](repeating: 0, count: 128))
      #expect(many.faults == [], "\(name)")
      #expect(many.possibleTruncation?.offset == UInt64(sound.count), "\(name)")
    }
  }

  @Test(arguments: ["audio/no-index.mp3", "audio/id3v2-id3v1.mp3", "audio/lc.aac", "audio/id3v2.aac"])
  func textBeforeTheAudio(_ name: String) throws {
    let sound = try Fixture.bytes(name)
    for text in [
      "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n", "<br />\n<b>Warning</b>: in d.php<br />\n",
      "\u{feff}",
    ] {
      let before = Array(text.utf8)
      let inspection = try inspect(before + sound)
      #expect(inspection.leadingData?.byteCount == UInt64(before.count))
      #expect(inspection.leadingData?.isSkippedByDecoders == true)
      #expect(inspection.faults == [])
      let durations = try [inspection, inspect(sound)].map(\.facts.durationMilliseconds)
      #expect(durations[0] == durations[1])
    }
    for before in [[UInt8](repeating: 0, count: 90), id3v2] {
      #expect(try inspect(before + sound).leadingData == nil)
    }
  }

  // MARK: - AAC

  @Test func bytesBetweenFramesOfAAC() throws {
    let sound = try Fixture.bytes("audio/lc.aac")
    let middle = sound.count / 2
    #expect(try inspect(sound.without(middle..<middle + 50)).faults.map(\.name) == ["frames-interrupted"])
    let junk = try inspect(sound + [9, 9, 9] + sound)
    #expect(junk.namedFaults == [NamedFault("frames-interrupted", sound.count)])
    #expect(try inspect(sound + id3v2 + sound).faults == [])
  }

  @Test func frameOfZeros() throws {
    var sound = try Fixture.bytes("audio/lc.aac")
    let start = try #require((1..<sound.count - 7).last { sound[$0] == 0xff && sound[$0 + 1] & 0xf6 == 0xf0 })
    for index in start + 7..<sound.count { sound[index] = 0 }
    #expect(try inspect(sound).faults.map(\.name) == ["frame-without-end"])
    sound[start + 7] = 0x20
    #expect(try inspect(sound).faults.map(\.name) == ["unwritten"])
  }

  // MARK: - AMR

  @Test func framesOfZeros() throws {
    let sound = try Fixture.bytes("audio/narrow.amr")
    let speech = Array(sound.dropFirst(6))
    let zeros = [UInt8](repeating: 0, count: 13)
    func zeroFrames(_ count: Int) -> [UInt8] { [[UInt8]](repeating: zeros, count: count).flatMap(\.self) }
    #expect(try inspect(sound + zeroFrames(4) + speech).faults == [])
    #expect(try inspect(sound + zeroFrames(5) + speech).namedFaults == [NamedFault("unwritten", sound.count)])
    // Reserved space at the end, unless the frame before it ends with zeros itself, or there is a lot.
    #expect(try inspect(sound + zeroFrames(315)).faults == [])
    #expect(try inspect(sound + zeroFrames(316)).faults.map(\.name) == ["unwritten"])
    let cut = Array(sound.dropLast(3)) + [0, 0, 0]
    #expect(try inspect(cut + zeroFrames(3)).faults == [])
    let unwritten = Array(sound.dropLast(4)) + [0, 0, 0, 0] + zeroFrames(3)
    #expect(try inspect(unwritten).namedFaults == [NamedFault("unwritten", sound.count - 4)])
  }

  @Test func lastFrameOfAMRMayBeCut() throws {
    let sound = try Fixture.bytes("audio/narrow.amr")
    let cut = try inspect(Array(sound.dropLast(5)))
    #expect(cut.faults == [])
    #expect(cut.possibleTruncation?.offset == UInt64(sound.count - 5))
  }

  // MARK: - Ogg

  /// Opus packets of one 20 ms frame each, ten to a page, with granule positions that advance by `step` a packet.
  private func opus(step: UInt64, pages: UInt64, endsStream: Bool = true) -> [UInt8] {
    var bytes = oggPage(opusHead(preSkip: 0), flags: 2) + oggPage(opusTags, sequence: 1)
    for number in 1...pages {
      let packets = [[UInt8]](repeating: [0x08, 1, 2], count: 10).flatMap(\.self)
      bytes += oggPage(
        packets, lacing: [UInt8](repeating: 3, count: 10), granule: number * 10 * step,
        flags: endsStream && number == pages ? 4 : 0, sequence: UInt32(number + 1))
    }
    return bytes
  }

  @Test func granulePositionsHeldAgainstPackets() throws {
    // SILK with 20 ms at 48 kHz: 960 samples a packet.
    #expect(try inspect(opus(step: 960, pages: 8)).faults == [])
    for step: UInt64 in [320, 480, 882, 1920] {
      let inspection = try inspect(opus(step: step, pages: 8))
      #expect(inspection.faults.map(\.name) == ["granule-position-wrong"], "\(step)")
      #expect(try engine.check(MemorySource(opus(step: step, pages: 8))).verdict == .rejected)
    }
    // A sixteenth less is borne: 900 of 960.
    #expect(try inspect(opus(step: 900, pages: 8)).faults == [])
    #expect(try inspect(opus(step: 899, pages: 8)).faults.count == 1)
  }

  @Test func pausesMayAdvanceFurther() throws {
    // One page jumps, as where silence isn't coded.
    let pages = try oggPages(opus(step: 960, pages: 8))
    var bytes = pages[..<6].flatMap(\.self)
    for (index, page) in pages[6...].enumerated() {
      let granule = UInt64(index + 5) * 9600 + 480_000
      bytes += oggPage(
        Array(page.suffix(30)), lacing: [UInt8](repeating: 3, count: 10), granule: granule, flags: page[5],
        sequence: UInt32(index + 6))
    }
    #expect(try inspect(bytes).faults == [])
  }

  @Test func streamWithoutItsLastPage() throws {
    let whole = try inspect(opus(step: 960, pages: 8))
    #expect(whole.possibleTruncation == nil)
    let open = opus(step: 960, pages: 8, endsStream: false)
    let inspection = try inspect(open)
    #expect(inspection.faults == [])
    #expect(inspection.possibleTruncation?.message == "The stream has no end mark.")
    // Zeros instead of the other pages.
    let reserved = try inspect(open + [UInt8](repeating: 0, count: 100))
    #expect(reserved.namedFaults == [NamedFault("page-missing", open.count)])
    #expect(try inspect(opus(step: 960, pages: 8) + [0, 0, 0, 0, 0]).faults == [])
  }
}

// MARK: - Bytes made here

/// Frames of Layer III at 128 kbit/s and 44.1 kHz, without sound.
private func plain(_ count: Int) -> [UInt8] {
  let frame = [0xff, 0xfb, 0x90, 0x64] + [UInt8](repeating: 0, count: 413)
  return [[UInt8]](repeating: frame, count: count).flatMap(\.self)
}

/// A first frame with an index.
private func xing(frames count: UInt32, bytes: UInt32) -> [UInt8] {
  let numbers = [3, count, bytes].flatMap { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } }
  return plain(1).with(Array("Xing".utf8) + numbers, at: 36)
}

private let id3v1 = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
private let id3v2 = Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 9] + [UInt8](repeating: 0, count: 9)
