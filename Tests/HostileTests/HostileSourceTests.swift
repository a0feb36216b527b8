import PreflightInspection
import MediaPreflight
import Synchronization
@testable import PreflightTestSupport
import Testing

/// Sources that end too early or are extremely large.
@Suite struct HostileSourceTests {
  @Test(arguments: Fixture.names)
  func shrinkingFile(name: String) throws {
    let bytes = try Fixture.bytes(name)
    for count in [0, 1, bytes.count / 2, bytes.count - 1] {
      let inspection = try engine.inspect(ShrunkSource(bytes: bytes, count: count))
      #expect(inspection.byteCount == UInt64(bytes.count))
      #expect(inspection.faults.allSatisfy { $0.offset ?? 0 <= inspection.byteCount })
    }
  }

  @Test
  func hugeFileIsNotReadCompletely() throws {
    let picture = try Fixture.bytes("pictures/rgb.jpg").dropLast(2)
    let source = SparseSource(start: Array(picture), byteCount: 4 << 40)
    let inspection = try engine.inspect(source)
    #expect(inspection.mediaType == "image/jpeg")
    #expect(inspection.facts.width != nil)
    // Unread data is not reported as damage.
    #expect(inspection.faults == [])
    #expect(source.bytesRead <= 2 << 30 + 1 << 20)
    #expect(try engine.check(source, as: .image).verdict == .rejected)
  }
}

/// A file that has shrunk since it was opened.
private struct ShrunkSource: ByteSource {
  let bytes: [UInt8]
  let count: Int

  var byteCount: UInt64 { UInt64(bytes.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    guard offset < UInt64(count) else { return 0 }
    let rest = bytes[Int(offset)..<min(count, Int(offset) + buffer.count)]
    buffer.copyBytes(from: rest)
    return rest.count
  }
}

/// A file that is sparse after its start and counts the bytes read.
private final class SparseSource: ByteSource {
  private let start: [UInt8]
  private let count = Mutex<UInt64>(0)
  let byteCount: UInt64

  init(start: [UInt8], byteCount: UInt64) {
    self.start = start
    self.byteCount = byteCount
  }

  var bytesRead: UInt64 { count.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    if offset < UInt64(start.count) {
      buffer.copyBytes(from: start[Int(offset)..<min(start.count, Int(offset) + buffer.count)])
    }
    count.withLock { $0 += UInt64(buffer.count) }
    return buffer.count
  }
}
