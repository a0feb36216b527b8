import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Where ISO base media files break, and what only looks as if they did.
@Suite struct ISOBaseMediaDamageTests {
  @Test(arguments: [0, 2, 18, 255, UInt32.max])
  func countOfSampleEntries(count: UInt32) throws {
    let movie = try Fixture.bytes("mp4/h264-baseline.mp4")
    let description = try #require(movie.isoBox("stsd"))
    let room = (movie.bigEndian32(at: description) - 8) / 8
    let faults = try inspect(movie.with(bigEndian(count), at: description + 12)).faults
    #expect(faults.isEmpty == (count > 0 && Int(count) <= room))
    if !faults.isEmpty { #expect(faults.map(\.offset) == [UInt64(description + 12)]) }
  }

  @Test(arguments: [
    "h264-high-b-aac.mp4", "h264-high-aac-faststart.mp4", "fragmented.mp4", "fragmented.m4a", "h264.mov",
    "amr.3gp", "cover.m4a", "two-sounds.mp4", "encrypted.mp4", "picture.heic", "picture.avif",
  ])
  func cutsAreTold(_ name: String) throws {
    try expectTellsCuts(Fixture.bytes("mp4/" + name))
  }

  @Test func everyCutIsSurvived() throws {
    expectSurvivesCuts(try Fixture.bytes("mp4/amr.3gp"))
    expectSurvivesCuts(try Fixture.bytes("mp4/picture.avif"))
  }

  @Test func everyFlipIsSurvived() throws {
    expectSurvivesFlips(try Fixture.bytes("mp4/picture.avif"), first: 200)
  }

  /// The boxes of a whole index, each byte and each four bytes at their extremes.
  @Test func hostileNumbersAreSurvived() throws {
    let bytes = try Fixture.bytes("mp4/amr.3gp")
    let values: [[UInt8]] = [
      [0], [1], [0x7f], [0x80], [0xff], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff],
    ]
    for place in try #require(bytes.isoBox("tkhd"))..<bytes.count - 4 {
      for value in values {
        var variant = bytes
        variant.replaceSubrange(place..<place + value.count, with: value)
        #expect(throws: Never.self, "\(value) at \(place)") { try inspect(variant) }
      }
    }
  }

  @Test func cutBoxIsToldWithItsPlace() throws {
    let bytes = Array(try Fixture.bytes("mp4/h264-high-aac-faststart.mp4").dropLast())
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "truncated")
    #expect(fault.offset == UInt64(bytes.count))
    #expect(fault.message == "The file ends in the middle of its “mdat” box.")
  }

  @Test func cutWithinAHeaderIsTold() throws {
    let whole = try Fixture.bytes("mp4/fragmented.mp4")
    // Six bytes of the random access box that stands last.
    let place = try #require(whole.isoBox("mfra"))
    #expect(try inspect(Array(whole[..<(place + 6)])).faults.map(\.name) == ["truncated"])
    #expect(try inspect(Array(whole[..<place])).faults == [])
  }

  @Test func dataToTheEndOfTheFileMayBeCut() throws {
    var bytes = try Fixture.bytes("mp4/h264-high-aac-faststart.mp4")
    let data = try #require(bytes.isoBox("mdat"))
    bytes.replaceSubrange(data..<data + 4, with: [0, 0, 0, 0])
    #expect(try inspect(bytes).faults == [])
    #expect(try inspect(bytes.dropLast()).faults.map(\.name) == ["samples-past-end"])
  }

  @Test func boxesOfRecordersMayBeCut() throws {
    let file = try Fixture.bytes("mp4/aac.m4a") + isoBox("gps ", [UInt8](repeating: 7, count: 40))
    #expect(try inspect(file).faults == [])
    #expect(try inspect(file).trailingDataOffset == nil)
    #expect(try inspect(Array(file.dropLast())).faults.map(\.name) == ["truncated"])
  }

  @Test func nothingAfterABoxWithoutSize() throws {
    let start = isoBox("ftyp", Array("isom\0\0\0\0".utf8))
    let faults = try inspect(start + [0, 0, 0, 5] + Array("moov".utf8)).faults
    #expect(faults.map(\.name) == ["missing-movie-box", "invalid-box-size"])
    #expect(faults.last?.offset == UInt64(start.count))
    #expect(faults.last?.actual == "5 bytes")
  }

  @Test func pictureDataPastEnd() throws {
    var bytes = try Fixture.bytes("mp4/picture.avif")
    let place = try #require(bytes.isoBox("iloc"))
    // Version 0, one item with one extent: the length stands last.
    bytes[place + Int(bytes[place + 3]) - 2] = 0xff
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "item-past-end")
    #expect(fault.offset == UInt64(place))
  }

  @Test func noMovie() throws {
    let bytes = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    let movie = try #require(bytes.isoBox("moov"))
    let fault = try #require(try inspect(Array(bytes[..<movie])).faults.first)
    #expect(fault.name == "missing-movie-box")
    #expect(fault.offset == UInt64(movie))
    #expect(try inspect(Array(bytes[..<movie])).mediaType == "video/mp4")
  }

  @Test func pieceOfAStream() throws {
    let bytes = try Fixture.bytes("mp4/fragmented.mp4")
    let piece = try inspect(Array(bytes[(try #require(bytes.isoBox("moof")))...]))
    #expect(piece.mediaType == "video/mp4")
    #expect(piece.facts.fragmented == true)
    #expect(piece.faults.map(\.name) == ["missing-movie-box"])
    // With its movie box in front, as players get it, it is whole.
    #expect(try inspect(Array(bytes[..<(try #require(bytes.isoBox("mfra")))])).faults == [])
    // The movie box alone is what players fetch first: nothing in it is broken.
    let start = try inspect(Array(bytes[..<(try #require(bytes.isoBox("moof")))]))
    #expect(start.faults == [])
    #expect(start.facts.fragmented == true)
    #expect(start.facts.durationMilliseconds == nil)
    #expect(start.facts.videoStreams?.first?.bFrames == true)
  }

  @Test func emptyMovie() throws {
    let bytes = isoBox("ftyp", Array("isom\0\0\0\0".utf8)) + isoBox("moov", [])
    #expect(try inspect(bytes).faults.map(\.name) == ["missing-track"])
    let reference = isoBox("ftyp", Array("qt  \0\0\0\0".utf8)) + isoBox("moov", isoBox("rmra", []))
    #expect(try inspect(reference).faults == [])
    let picture = isoBox("ftyp", Array("heic\0\0\0\0".utf8)) + isoBox("mdat", [])
    #expect(try inspect(picture).faults.map(\.name) == ["missing-meta-box"])
  }

  @Test(arguments: ["mvhd", "tkhd", "mdia", "mdhd", "minf", "stbl", "stsd", "stts", "stsc", "stsz", "stco"])
  func missingBox(_ type: String) throws {
    let (fault, place) = try faultWithout(type, in: "mp4/h264-baseline.mp4")
    #expect(fault.name == "missing-box")
    #expect(fault.expected == "a “\(type)” box")
    #expect((fault.offset ?? .max) < UInt64(place))
  }

  /// The first fault of a file whose first box of a type has another, which means nothing; and where that box is.
  private func faultWithout(_ type: String, in name: String) throws -> (fault: Fault, place: Int) {
    var bytes = try Fixture.bytes(name)
    let place = try #require(bytes.isoBox(type))
    bytes.replaceSubrange(place + 4..<place + 8, with: "zzzz".utf8)
    return (try #require(try inspect(bytes).faults.first), place)
  }

  @Test(arguments: [(0, false), (1, true), (2, false), (UInt32.max, false)])
  func countOfDataReferences(count: UInt32, isGood: Bool) throws {
    var bytes = try Fixture.bytes("mp4/aac.m4a")
    let place = try #require(bytes.isoBox("dref"))
    bytes.replaceSubrange(place + 12..<place + 16, with: bigEndian(count))
    let faults = try inspect(bytes).faults
    #expect(faults.map(\.name) == (isGood ? [] : ["data-reference-count"]))
    #expect(isGood || faults.first?.offset == UInt64(place + 12))
  }

  /// Runs of chunks without any chunk: a table of samples that no fragment explains.
  @Test func runsWithoutChunks() throws {
    var bytes = try Fixture.bytes("mp4/aac.m4a")
    for type in ["stco", "stsz"] {
      let count = try #require(bytes.isoBox(type)) + (type == "stsz" ? 16 : 12)
      bytes.replaceSubrange(count..<count + 4, with: [0, 0, 0, 0])
    }
    #expect(try inspect(bytes).faults.map(\.name) == ["sample-tables-disagree"])
  }

  @Test func noSampleEntry() throws {
    var bytes = try Fixture.bytes("mp4/aac.m4a")
    let place = try #require(bytes.isoBox("stsd"))
    let size = bytes[place + 3]
    bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 16])
    bytes.replaceSubrange(place + 16..<place + 24, with: [0, 0, 0, size - 16] + Array("free".utf8))
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "missing-sample-entry")
    #expect(fault.offset == UInt64(place))
  }

  @Test(arguments: ["trak", "mdia", "minf", "stbl", "stsz", "avcC"])
  func boxPastParent(_ type: String) throws {
    var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let place = try #require(bytes.isoBox(type))
    bytes[place + 2] = 0x40
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "box-past-parent")
    #expect(fault.offset == UInt64(place))
  }

  @Test func boxShorterThanItsHeader() throws {
    var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let place = try #require(bytes.isoBox("minf"))
    bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 4])
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "invalid-box-size")
    #expect(fault.offset == UInt64(place))
  }

  @Test(arguments: ["mvhd", "tkhd", "mdhd", "hdlr", "stsz", "stts", "avcC"])
  func shortBox(_ type: String) throws {
    var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let place = try #require(bytes.isoBox(type))
    let size = bytes[place + 3]
    // The rest of the box becomes another one, so that nothing else changes.
    bytes.replaceSubrange(place..<place + 4, with: bigEndian(UInt32(11)))
    bytes.replaceSubrange(place + 11..<place + 19, with: bigEndian(UInt32(size) - 11) + Array("free".utf8))
    #expect(try inspect(bytes).faults.contains { $0.name == "short-box" && $0.offset == UInt64(place) })
  }

  @Test(arguments: ["stts", "ctts", "stss", "stsc", "stco"], [1000, UInt32.max])
  func tablePastBox(_ type: String, _ count: UInt32) throws {
    var bytes = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    let place = try #require(bytes.isoBox(type))
    bytes.replaceSubrange(place + 12..<place + 16, with: bigEndian(count))
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "table-past-box")
    #expect(fault.offset == UInt64(place))
    #expect(fault.actual == "\(count)")
  }

  /// The index stands right behind the media data: the last byte before it, and the first of its own.
  @Test func samplesThatReachIntoTheIndex() throws {
    var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let movie = try #require(bytes.isoBox("moov"))
    let sizes = try #require(bytes.isoBox("stsz"))
    let last = sizes + 20 + 4 * (bytes.bigEndian32(at: sizes + 16) - 1)
    #expect(bytes.bigEndian32(at: sizes + 12) == 0)
    #expect(try inspect(bytes).faults == [])
    bytes.replaceSubrange(last..<last + 4, with: bigEndian(UInt32(bytes.bigEndian32(at: last) + 1)))
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "samples-in-movie-box")
    #expect(fault.expected == "≤ \(movie)")
    #expect(fault.actual == "\(movie + 1)")
  }

  @Test func sizesThatAreNotThere() throws {
    var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let place = try #require(bytes.isoBox("stsz"))
    bytes.replaceSubrange(place + 16..<place + 20, with: bigEndian(UInt32.max))
    #expect(try inspect(bytes).faults.map(\.name) == ["table-past-box"])
  }

  @Test(arguments: [UInt32(2000), 0x7fff_ffff, .max])
  func samplesPastEnd(_ start: UInt32) throws {
    var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let place = try #require(bytes.isoBox("stco"))
    bytes.replaceSubrange(place + 16..<place + 20, with: bigEndian(start))
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "samples-past-end")
    #expect(fault.offset == UInt64(place + 16))
    #expect(fault.expected == "≤ \(bytes.count)")
  }

  @Test func theLastByteDecides() throws {
    // Sound, since pictures show that they are taken from the wrong place.
    var bytes = try Fixture.bytes("mp4/aac.m4a")
    let sizes = try #require(bytes.isoBox("stsz"))
    let place = try #require(bytes.isoBox("stco"))
    let size = bytes.bigEndian32(at: sizes + 20)
    bytes += isoBox("mdat", [0xc0] + [UInt8](repeating: 9, count: size - 1))
    let start = bytes.count - size
    let samples = try #require(bytes.isoBox("stsc"))
    // One sample in the one chunk that counts, which ends with the file.
    bytes.replaceSubrange(samples + 16..<samples + 28, with: [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
    bytes.replaceSubrange(sizes + 16..<sizes + 20, with: [0, 0, 0, 1])
    bytes.replaceSubrange(place + 12..<place + 20, with: [0, 0, 0, 1] + bigEndian(UInt32(start)))
    #expect(try inspect(bytes).faults == [])
    bytes.replaceSubrange(place + 16..<place + 20, with: bigEndian(UInt32(start + 1)))
    #expect(try inspect(bytes).faults.map(\.name) == ["samples-past-end"])
  }

  @Test func tablesThatDisagree() throws {
    for (type, entry) in [("stsc", 20), ("stts", 12)] {
      var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
      let place = try #require(bytes.isoBox(type))
      bytes.replaceSubrange(place + entry..<place + entry + 4, with: [0, 0, 0, 0])
      let fault = try #require(try inspect(bytes).faults.first)
      #expect(fault.name == "sample-tables-disagree", "\(type)")
      #expect(fault.offset == bytes.isoBox("stbl").map(UInt64.init), "\(type)")
    }
  }

  @Test(arguments: [
    ([UInt32(1), 2], true), ([1, 1], true), ([2, 3], false), ([0, 1], false), ([1, 0], false),
    // The run behind this one begins before it.
    ([1, .max], false),
  ])
  func runsOfChunks(_ first: [UInt32], isGood: Bool) throws {
    var bytes = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    // The sound's chunks, of which there are several.
    let sound = try #require(bytes.isoBox("soun"))
    let place = try #require(bytes.isoBox("stsc", from: sound))
    #expect(bytes.bigEndian32(at: place + 12) > 1)
    for (run, chunk) in first.enumerated() {
      bytes = bytes.with(bigEndian(chunk), at: place + 16 + 12 * run)
    }
    let faults = try inspect(bytes).faults.filter { $0.name == "misplaced-chunk-run" }
    #expect(faults.isEmpty == isGood)
    if !isGood {
      let run = first[1] == .max ? 2 : first[0] == 1 ? 1 : 0
      #expect(faults.first?.offset == UInt64(place + 16 + 12 * run))
    }
  }

  /// Players refuse an index that speaks of chunks which aren't there, unless the run has no samples.
  @Test(arguments: [(9, 1, true), (10, 1, false), (10, 0, true)])
  func lastRunOfChunks(_ first: UInt32, _ samplesPerChunk: UInt32, isGood: Bool) throws {
    var bytes = try Fixture.bytes("mp4/h264-high-b-aac.mp4")
    let place = try #require(bytes.isoBox("stsc"))
    let chunks = bytes.bigEndian32(at: try #require(bytes.isoBox("stco")) + 12)
    #expect(bytes.bigEndian32(at: place + 12) == 2)
    #expect(chunks == 9)
    bytes = bytes.with(bigEndian(first) + bigEndian(samplesPerChunk), at: place + 28)
    let faults = try inspect(bytes).faults.filter { $0.name == "misplaced-chunk-run" }
    #expect(faults.map(\.offset) == (isGood ? [] : [UInt64(place + 28)]))
  }

  @Test(arguments: [(UInt32(1), true), (0, true), (2, false), (.max, false)])
  func sampleEntryOfARun(_ index: UInt32, isGood: Bool) throws {
    let bytes = try Fixture.bytes("mp4/aac.m4a")
    let place = try #require(bytes.isoBox("stsc")) + 24
    let faults = try inspect(bytes.with(bigEndian(index), at: place)).faults
    #expect(faults.map(\.name) == (isGood ? [] : ["unknown-sample-entry"]))
    if !isGood { #expect(faults.first?.offset == UInt64(place)) }
  }

  /// A sample entry says where what stands behind it begins.
  @Test func sizeOfASampleEntry() throws {
    let bytes = try Fixture.bytes("mp4/aac.m4a")
    let description = try #require(bytes.isoBox("stsd"))
    let place = description + 16
    let size = bytes.bigEndian32(at: place)
    #expect(place + size == description + bytes.bigEndian32(at: description))
    for (size, name) in [(size, nil), (size + 1, "box-past-parent"), (0, "invalid-box-size")] {
      let faults = try inspect(bytes.with(bigEndian(UInt32(size)), at: place)).faults
      #expect(faults.map(\.name) == (name.map { [$0] } ?? []), "\(size)")
      if name != nil { #expect(faults.first?.offset == UInt64(place)) }
    }
  }

  @Test func chunksWithoutASample() throws {
    let bytes = try Fixture.bytes("mp4/aac.m4a")
    let place = try #require(bytes.isoBox("stsz"))
    let faults = try inspect(bytes.with(bigEndian(UInt32(0)), at: place + 16)).faults
    #expect(faults.map(\.name) == ["sample-tables-disagree"])
    #expect(faults.first?.actual == "no sample with a size")
  }

  @Test func dataInOtherFilesIsNotLookedFor() throws {
    var bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let reference = try #require(bytes.isoBox("url "))
    bytes.replaceSubrange(reference + 8..<reference + 12, with: [0, 0, 0, 0])
    let place = try #require(bytes.isoBox("stco"))
    bytes.replaceSubrange(place + 16..<place + 20, with: bigEndian(UInt32.max))
    #expect(try inspect(bytes).faults == [])
  }

  /// Fragments that don't say when they begin follow what the movie box has.
  @Test func fragmentsFollowTheMovie() throws {
    let bytes = try Fixture.bytes("mp4/fragmented.mp4")
    var variant = bytes
    var start = 0
    while let time = variant.isoBox("tfdt", from: start) {
      variant.replaceSubrange(time + 4..<time + 8, with: "free".utf8)
      start = time + 1
    }
    #expect(start > 0)
    let durations = try [bytes, variant].map { try inspect($0).facts.durationMilliseconds }
    #expect(durations[0] == 400)
    #expect(durations[1] == 400)
  }

  @Test func fragmentsPastEnd() throws {
    var bytes = try Fixture.bytes("mp4/fragmented.mp4")
    let run = try #require(bytes.isoBox("trun"))
    let last = try #require(bytes.isoBox("mfra"))
    bytes.replaceSubrange(run + 16..<run + 20, with: bigEndian(UInt32(last)))
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "samples-past-end")
    #expect(fault.offset == UInt64(run))
    bytes.replaceSubrange(run + 12..<run + 16, with: bigEndian(UInt32.max))
    #expect(try inspect(bytes).faults.first?.name == "table-past-box")
  }

  @Test func fragmentOfNoTrack() throws {
    var bytes = try Fixture.bytes("mp4/fragmented.m4a")
    let header = try #require(bytes.isoBox("tfhd"))
    bytes[header + 15] = 9
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "unknown-track")
    #expect(fault.offset == UInt64(header))
    #expect(fault.actual == "track 9")
  }

  @Test func fragmentOfTrackZero() throws {
    var bytes = try Fixture.bytes("mp4/fragmented.m4a")
    for type in ["tkhd", "trex", "tfhd"] {
      let box = try #require(bytes.isoBox(type))
      let place = type == "tkhd" ? box + 20 : box + 12
      #expect(bytes[place..<place + 4] == [0, 0, 0, 1])
      bytes[place + 3] = 0
    }
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "track-identifier")
    #expect(fault.offset == bytes.isoBox("tfhd").map(UInt64.init))
    // Without a fragment, players don't mind.
    var whole = try Fixture.bytes("mp4/aac.m4a")
    whole[try #require(whole.isoBox("tkhd")) + 23] = 0
    #expect(try inspect(whole).faults == [])
  }

  /// Without defaults, players refuse the fragments of a track, be there nothing that they would hold for.
  @Test(arguments: ["mvex", "trex"])
  func fragmentsWithoutDefaults(_ type: String) throws {
    let (fault, _) = try faultWithout(type, in: "mp4/fragmented.m4a")
    let header = try #require(try Fixture.bytes("mp4/fragmented.m4a").isoBox("tfhd"))
    #expect(fault.name == "missing-track-extends")
    #expect(fault.offset == UInt64(header))
    #expect(fault.expected == "a “trex” box for track 1")
  }

  /// Two fragments of two tracks: what is wrong with each track is said once.
  @Test func faultsThatFragmentsShare() throws {
    var bytes = try Fixture.bytes("mp4/fragmented.mp4")
    let place = try #require(bytes.isoBox("mvex"))
    bytes.replaceSubrange(place + 4..<place + 8, with: "zzzz".utf8)
    let expected = [1, 2].map { "a “trex” box for track \($0)" }
    #expect(try inspect(bytes).faults.compactMap(\.expected) == expected)
  }

  @Test func fragmentWithoutItsHeader() throws {
    let (fault, _) = try faultWithout("tfhd", in: "mp4/fragmented.m4a")
    #expect(fault.name == "missing-box")
    #expect(fault.expected == "a “tfhd” box")
  }

  @Test(arguments: [
    ("sixteen zeros, which end a list", [UInt8](repeating: 0, count: 16), false),
    ("a kilobyte of zeros", [UInt8](repeating: 0, count: 1000), false), ("three zeros", [0, 0, 0], false),
    ("an ID3v1 tag", Array("TAG".utf8) + [UInt8](repeating: 0x20, count: 125), true),
    ("words", Array("and now for something else".utf8), true), ("two bytes", [1, 2], true),
  ])
  func bytesAfterTheEnd(_ what: String, _ bytes: [UInt8], isTold: Bool) throws {
    let file = try Fixture.bytes("mp4/aac.m4a")
    let inspection = try inspect(file + bytes)
    #expect(inspection.faults == [], "\(what)")
    #expect(inspection.trailingDataOffset == (isTold ? UInt64(file.count) : nil), "\(what)")
  }
}
