import Foundation
import MediaPreflight
import PreflightBytes
import PreflightFacts
import PreflightInspection
@testable import PreflightTestSupport
import Testing

/// Limits that hold for files of every format.
@Suite struct LimitTests {
  @Test func sizesInWords() {
    #expect(Limits.size(2 << 30) == "2 GiB")
    #expect(Limits.size(1 << 20) == "1 MiB")
    #expect(Limits.size(3 << 19) == "1536 KiB")
    #expect(Limits.size(1000) == "1000 bytes")
    #expect(Limits.size(0) == "0 bytes")
  }

  /// Of a file that would have to be read for longer, the rest is unchecked, whatever reader it was.
  @Test(arguments: [(1, ["missing-movie-box"], []), (3, [], ["the rest of the file"])])
  func bytesReadInAll(_ gigabytes: Int, faults: [String], unchecked: [String]) throws {
    let source = BoxSource(byteCount: UInt64(gigabytes) << 30)
    let inspection = try engine.inspect(source)
    #expect(inspection.mediaType == "video/mp4")
    #expect(inspection.faults.map(\.name) == faults)
    #expect(inspection.unchecked.map(\.what) == unchecked)
    #expect(
      inspection.unchecked.allSatisfy { $0.limit == "16 MiB read" && $0.offset ?? 0 <= source.byteCount })
  }

  /// A hostile file reaches a limit a thousand times.
  @Test func samePartOnce() {
    var reading = Reading()
    for number in 0..<100 {
      reading.leaveUnchecked(UncheckedPart("tracks", limit: "256 tracks", at: UInt64(number)))
      reading.leaveUnchecked(UncheckedPart("part \(number)", limit: "1 part"))
    }
    #expect(reading.unchecked.count == Limits.Reading.unchecked)
    #expect(reading.unchecked.first?.offset == 0)
  }
}

/// A file of boxes that say nothing, each as long as what is read at once, behind the one that says what it is.
private struct BoxSource: ByteSource {
  let byteCount: UInt64

  private static let size = 1 << 16

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    guard let base = buffer.baseAddress, offset < byteCount else { return 0 }
    let count = Int(min(UInt64(buffer.count), byteCount - offset))
    memset(base, 0, count)
    for start in stride(from: offset - offset % UInt64(Self.size), to: offset + UInt64(count), by: Self.size)
    {
      let type = start == 0 ? "styp" : "free"
      for (index, byte) in (bigEndian(UInt32(Self.size)) + Array(type.utf8)).enumerated() {
        let place = start + UInt64(index)
        if place >= offset, place < offset + UInt64(count) { buffer[Int(place - offset)] = byte }
      }
    }
    return count
  }
}
