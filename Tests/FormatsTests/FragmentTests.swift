import MediaPreflight
import PreflightInspection
@testable import PreflightTestSupport
import Testing

/// Fragments whose samples, or whose boxes, were damaged on their way.
@Suite struct FragmentTests {
  /// Where a fragment's first run of samples begins, and the size of its first sample.
  private func firstSample(_ bytes: [UInt8], after fragment: Int = 0) throws -> (start: Int, size: Int) {
    let moof = try #require(bytes.isoBox("moof", from: fragment))
    let run = try #require(bytes.isoBox("trun", from: moof))
    // data_offset, then the first sample's duration, size and flags.
    let flags = bytes.bigEndian32(at: run + 8)
    let entry = run + 20 + (flags & 4 != 0 ? 4 : 0)
    return (
      moof + bytes.bigEndian32(at: run + 16), bytes.bigEndian32(at: entry + (flags & 0x100 != 0 ? 4 : 0))
    )
  }

  private func secondFragment(_ bytes: [UInt8]) throws -> Int {
    let first = try #require(bytes.isoBox("moof"))
    return try #require(bytes.isoBox("moof", from: first + 8))
  }

  @Test(arguments: ["fragmented.mp4", "fragmented.m4a", "fragmented-sidx.mp4"])
  func wholeOnes(_ name: String) throws {
    let reading = try inspect(fixture: "mp4/\(name)")
    #expect(reading.facts.fragmented == true)
    #expect(reading.faults == [])
    #expect(reading.unchecked == [])
  }

  @Test func unitsOfSamples() throws {
    let whole = try Fixture.bytes("mp4/fragmented.mp4")
    for fragment in [0, try secondFragment(whole)] {
      let (start, size) = try firstSample(whole, after: fragment)
      let header = whole.with([whole[start + 4] | 0x80], at: start + 4)
      #expect(try inspect(header).namedFaults == [NamedFault("invalid-nal-unit-header", start)])
      let length = whole.with(bigEndian(UInt32(size)), at: start)
      #expect(try inspect(length).namedFaults == [NamedFault("nal-unit-past-sample", start)])
    }
  }

  @Test func zerosInPlaceOfSamples() throws {
    let whole = try Fixture.bytes("mp4/fragmented.m4a")
    let (start, size) = try firstSample(whole)
    let bytes = whole.with([UInt8](repeating: 0, count: size), at: start)
    #expect(try inspect(bytes).namedFaults == [NamedFault("sample-of-zeros", start)])
  }

  /// One size for all samples, so that the run has no entries.
  @Test func samplesOfOneSize() throws {
    let whole = try Fixture.bytes("mp4/fragmented.m4a")
    let (start, _) = try firstSample(whole)
    let run = try #require(whole.isoBox("trun"))
    let header = try #require(whole.isoBox("tfhd"))
    // base_data_offset and default_sample_duration stand before default_sample_size.
    #expect(whole.bigEndian32(at: header + 8) & 0x1b == 0x19)
    let sizeField = header + 16 + 8 + 4
    // Three samples of 100 bytes: blocks of AAC begin like the first one, and those after it don't.
    var bytes = whole.with(bigEndian(UInt32(1)) + bigEndian(UInt32(3)), at: run + 8)
    bytes = bytes.with(bigEndian(UInt32(100)), at: sizeField)
    let block = Array(whole[start..<start + 8])
    for index in 0..<3 { bytes = bytes.with(block + [1], at: start + 100 * index) }
    #expect(try inspect(bytes).faults == [])
    bytes[start + 200] = 0xe0
    #expect(try inspect(bytes).namedFaults == [NamedFault("invalid-aac-block", start + 200)])
  }

  /// Runs that repeat the same samples are followed up to twice the file's size.
  @Test func repeatedSamples() throws {
    let whole = try Fixture.bytes("mp4/fragmented.m4a")
    let run = try #require(whole.isoBox("trun"))
    let end = run + whole.bigEndian32(at: run)
    let size = try #require(whole.isoBox("mdat").map { whole.bigEndian32(at: $0) - 8 })
    func copies(_ count: Int) throws -> [UInt8] {
      let more = repeated(Array(whole[run..<end]), count - 1)
      var bytes = Array(whole[..<end]) + more + Array(whole[end...])
      for type in ["moof", "traf"] {
        let box = try #require(bytes.isoBox(type))
        bytes = bytes.with(bigEndian(UInt32(bytes.bigEndian32(at: box) + more.count)), at: box)
      }
      // The samples are where they were, further from the fragment's begin.
      for index in 0..<count {
        let place = run + index * (end - run) + 16
        bytes = bytes.with(bigEndian(UInt32(whole.bigEndian32(at: run + 16) + more.count)), at: place)
      }
      return bytes
    }
    let (few, many) = (try copies(3), try copies(6))
    #expect(3 * size <= 2 * few.count && 6 * size > 2 * many.count)
    #expect(try inspect(few).unchecked == [])
    #expect(try inspect(few).faults == [])
    let part = try #require(try inspect(many).unchecked.first)
    #expect(part.what == "samples beyond 2 times the file size")
    #expect(try inspect(many).faults == [])
  }

  // MARK: - Boxes

  @Test func zerosInPlaceOfAFragment() throws {
    let whole = try Fixture.bytes("mp4/fragmented.mp4")
    let first = try #require(whole.isoBox("moof"))
    let second = try secondFragment(whole)
    let hole = whole.with([UInt8](repeating: 0, count: second - first - 8), at: first)
    #expect(try inspect(hole).namedFaults == [NamedFault("lost-boxes", first)])
    // Without the last fragment, nothing in the file says that there was one.
    let tail = Array(whole[..<second]) + [UInt8](repeating: 0, count: 4096)
    #expect(try inspect(tail).faults == [])
    #expect(try inspect(tail).possibleTruncation == nil)
    let longer = try inspect(tail + [0])
    #expect(longer.possibleTruncation?.offset == UInt64(second))
    // What isn't fragmented has padding.
    let plain = try Fixture.bytes("mp4/aac.m4a") + [UInt8](repeating: 0, count: 5000)
    #expect(try inspect(plain).possibleTruncation == nil)
  }

  @Test func aBoxToTheEndThatIsNone() throws {
    let whole = try Fixture.bytes("mp4/aac.m4a")
    for (type, isBox) in [("free", true), ("skip", true), ("\u{0}\u{d7}\u{af}\u{0}", false)] {
      let bytes = whole + [0, 0, 0, 0] + type.unicodeScalars.map { UInt8($0.value) } + [1, 2, 3, 4]
      #expect(try inspect(bytes).trailingDataOffset == (isBox ? nil : UInt64(whole.count)), "\(type)")
    }
  }
}
