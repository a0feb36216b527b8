import Foundation
import MediaPreflight
import PreflightInspection
import Synchronization
import SystemPackage
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
    #expect(source.bytesRead <= Self.mostOfALargeFile)
    #expect(try engine.check(source, as: .image).verdict == .rejected)
  }

  /// 16 MiB, what is read ahead, and what libmagic and the check for leftovers look at.
  private static let mostOfALargeFile: UInt64 = 16 << 20 + 2 << 20

  /// A file of 100 GB that costs nothing: the beginning of a good one, and a hole. Little of it is read, and if that isn't
  /// enough for a verdict about the rest, the result says so.
  @Test(arguments: [
    "pictures/rgb.jpg", "pictures/rgb.png", "pictures/sticker.webp", "pictures/animated.gif",
    "mp4/h264-high-b-aac.mp4", "mp4/fragmented.mp4", "audio/no-index.mp3", "audio/lc.aac", "audio/narrow.amr",
    "audio/mono.opus", "audio/theora-vorbis.ogv", "pdf/libreoffice.pdf", "office/page.docx",
    "office/page.doc",
    "text/letter-utf-16le.txt",
  ])
  func sparseFile(name: String) throws {
    let scratch = try ScratchFolder()
    let bytes = try Fixture.bytes(name)
    for count in [bytes.count, bytes.count * 2 / 3] {
      let path = scratch.path + "/sparse"
      try Data(bytes.prefix(count)).write(to: URL(filePath: path))
      try #require(truncate(path, 100 << 30) == 0)
      var status = stat()
      try #require(stat(path, &status) == 0 && status.st_blocks * 512 < 1 << 20, "the file isn't sparse")
      let source = CountingSource(try FileSource(path: FilePath(path)))
      let result = try engine.check(source, named: FilePath(name))
      #expect(source.bytesRead <= Self.mostOfALargeFile, "\(count) bytes before the hole")
      #expect(result.verdict == .rejected && result.byteCount == 100 << 30)
      if source.bytesRead >= Limits.Window.bytesReadOfLarger {
        #expect(result.findings.contains { $0.code == .partlyChecked }, "\(result.findings.map(\.code))")
      }
    }
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
