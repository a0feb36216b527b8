import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct AMRTests {
  @Test func aFirstLineThatIsAlmostRight() throws {
    let sound = try Fixture.bytes("audio/narrow.amr").with([0x80], at: 5)
    #expect(try inspect(sound).namedFaults == [NamedFault("unconfirmed-type", 0)])
    #expect(try engine.check(MemorySource(sound)).verdict == .rejected)
  }

  @Test func narrowBand() throws {
    let inspection = try inspect(fixture: "audio/narrow.amr")
    #expect(inspection.mediaType == "audio/amr")
    #expect(inspection.facts.container == "amr")
    let stream = try #require(inspection.facts.audioStreams?.first)
    #expect(stream.codec == "amr_nb")
    #expect(stream.channels == 1)
    #expect(stream.sampleRate == 8000)
    #expect(stream.bitRate == 12800)
    #expect(inspection.facts.durationMilliseconds == 400)
    #expect(inspection.faults == [])
  }

  @Test func wideBand() throws {
    let sizes: [Int] = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6]
    let frames = sizes.enumerated().flatMap { frame(type: $0.offset, size: $0.element) }
    let inspection = try inspect(Array("#!AMR-WB\n".utf8) + frames + [14 << 3, 15 << 3])
    #expect(inspection.mediaType == "audio/amr-wb")
    #expect(inspection.facts.audioStreams?.first?.codec == "amr_wb")
    #expect(inspection.facts.audioStreams?.first?.sampleRate == 16000)
    #expect(inspection.facts.durationMilliseconds == 240)
    #expect(inspection.faults == [])
  }

  @Test func everyNarrowType() throws {
    let sizes = [13, 14, 16, 18, 20, 21, 27, 32, 6, 7, 6, 6]
    let frames = sizes.enumerated().flatMap { frame(type: $0.offset, size: $0.element) }
    let whole = Array("#!AMR\n".utf8) + frames + [15 << 3]
    #expect(try inspect(whole).facts.durationMilliseconds == 260)
    #expect(try inspect(whole).faults == [])
  }

  @Test func severalChannels() throws {
    let head = Array("#!AMR_MC1.0\n".utf8) + [0, 0, 0, 2]
    let pair = frame(type: 0, size: 13) + frame(type: 0, size: 13)
    let inspection = try inspect(head + pair + pair)
    #expect(inspection.facts.audioStreams?.first?.channels == 2)
    #expect(inspection.facts.durationMilliseconds == 40)
    #expect(inspection.faults == [])
    #expect(try inspect(head + pair + frame(type: 0, size: 13)).isPossiblyTruncated)
    let none = Array("#!AMR-WB_MC1.0\n".utf8) + [0, 0, 0, 0]
    #expect(try inspect(none).faults.map(\.name) == ["implausible-size"])
    #expect(try inspect(Array(none.dropLast())).faults.map(\.name) == ["truncated"])
  }

  @Test func cutsAreTold() throws {
    let bytes = try Fixture.bytes("audio/narrow.amr")
    try expectTellsCuts(bytes)
    for length in 7..<bytes.count where (length - 6) % 32 != 0 {
      let inspection = try inspect(Array(bytes[..<length]))
      if length < 6 + 32 {
        #expect(inspection.faults.map(\.name) == ["no-frames"])
      } else {
        #expect(inspection.isPossiblyTruncated)
        #expect(inspection.possibleTruncation?.offset == UInt64(length))
      }
    }
  }

  @Test func faults() throws {
    #expect(try inspect(Array("#!AMR\n".utf8)).faults.map(\.name) == ["no-frames"])
    #expect(try inspect(Array("#!AMR".utf8)).faults.map(\.name) == ["truncated"])
    for (magic, type) in [("#!AMR\n", 12), ("#!AMR\n", 14), ("#!AMR-WB\n", 10), ("#!AMR-WB\n", 13)] {
      let good = Array(magic.utf8) + frame(type: 15, size: 1)
      let faults = try inspect(good + frame(type: type, size: 40)).faults
      #expect(faults.map(\.name) == ["frame-type-reserved"])
      #expect(faults.first?.offset == UInt64(good.count))
      #expect(faults.first?.actual == "type \(type)")
    }
  }

  @Test func zerosAtTheEndAreReserved() throws {
    let bytes = try Fixture.bytes("audio/narrow.amr")
    #expect(try inspect(bytes + [0, 0, 0, 0, 0]).faults == [])
  }

  /// Frames without data whose padding bits are set: a medium that was erased, not written.
  @Test func bytesFF() throws {
    for name in ["narrow.amr", "wide.amr"] {
      guard Fixture.names.contains("audio/" + name) else { continue }
      let bytes = try Fixture.bytes("audio/" + name)
      func names(_ count: Int) throws -> [Fault] {
        try inspect(bytes + [UInt8](repeating: 0xff, count: count) + frame(type: 15, size: 1)).faults
      }
      #expect(try names(4096) == [])
      #expect(try names(4097).map(\.name) == ["unwritten"])
      #expect(try names(4097).first?.offset == UInt64(bytes.count))
      #expect(try inspect(bytes + [UInt8](repeating: 15 << 3 | 4, count: 5000)).faults == [])
    }
  }

  /// Frames of 32 bytes, the last of which ends with bytes FF as well if it wasn't written to its end.
  @Test func bytesFFFromWithinAFrame() throws {
    let bytes = try Fixture.bytes("audio/narrow.amr")
    for (count, erased) in [(0, false), (3, false), (4, true), (31, true)] {
      let start = bytes.count - count
      let faults = try inspect(Array(bytes[..<start]) + [UInt8](repeating: 0xff, count: count + 1))
        .namedFaults
      #expect(faults == (erased ? [NamedFault("unwritten", start)] : []), "\(count)")
    }
    // Speech may end so.
    let all = Array(bytes[..<(bytes.count - 31)]) + [UInt8](repeating: 0xff, count: 31)
    #expect(try inspect(all + frame(type: 15, size: 1)).faults == [])
  }

  @Test func survivesCutsAndFlips() throws {
    let bytes = try Fixture.bytes("audio/narrow.amr")
    expectSurvivesCuts(bytes)
    expectSurvivesFlips(bytes, first: 40)
  }
}

private func frame(type: Int, size: Int) -> [UInt8] {
  [UInt8(type) << 3 | 4] + [UInt8](repeating: 0xa5, count: size - 1)
}
