import MediaPreflight
import Synchronization

/// A source that counts the bytes read. The count reveals a reader that reads the same bytes many times,
/// independently of the machine's speed.
final class CountingSource: ByteSource {
  private let source: any ByteSource
  private let count = Mutex<UInt64>(0)

  init(_ source: any ByteSource) { self.source = source }

  convenience init(_ bytes: [UInt8]) { self.init(MemorySource(bytes)) }

  var byteCount: UInt64 { source.byteCount }

  /// The total number of bytes read.
  var bytesRead: UInt64 { count.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
    let read = try source.read(into: buffer, at: offset)
    count.withLock { $0 += UInt64(read) }
    return read
  }
}
