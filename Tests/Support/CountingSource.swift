import MediaPreflight
import Synchronization

/// A buffer in memory that counts what is read of it: a reader that goes over the same bytes again and
/// again shows by the count, whatever the machine's speed.
final class CountingSource: ByteSource {
  private let source: MemorySource
  private let count = Mutex<UInt64>(0)

  init(_ bytes: [UInt8]) { source = MemorySource(bytes) }

  var byteCount: UInt64 { source.byteCount }

  /// How many bytes were read in all.
  var bytesRead: UInt64 { count.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    let read = source.read(into: buffer, at: offset)
    count.withLock { $0 += UInt64(read) }
    return read
  }
}
