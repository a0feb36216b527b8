import MediaPreflight
import Synchronization

/// A memory buffer that counts the bytes read. The count reveals a reader that reads the same bytes many times,
/// independently of the machine's speed.
final class CountingSource: ByteSource {
  private let source: MemorySource
  private let count = Mutex<UInt64>(0)

  init(_ bytes: [UInt8]) { source = MemorySource(bytes) }

  var byteCount: UInt64 { source.byteCount }

  /// The total number of bytes read.
  var bytesRead: UInt64 { count.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    let read = source.read(into: buffer, at: offset)
    count.withLock { $0 += UInt64(read) }
    return read
  }
}
