internal import PreflightFacts
internal import PreflightBytes

/// A stream's bytes, which may be in many places of the file.
struct CompoundStream {
  /// How many bytes can be read: at most as many as are in the file.
  let byteCount: UInt64
  /// Whether the stream has more pieces than the limit.
  let isLimited: Bool
  private let extents: [FileAllocationTable.Extent]
  /// Where each extent begins within the stream.
  private let starts: [UInt64]

  init(_ extents: FileAllocationTable.Extents) {
    self.extents = extents.all
    isLimited = extents.isLimited
    var starts: [UInt64] = []
    var end: UInt64 = 0
    for extent in extents.all {
      starts.append(end)
      end += extent.byteCount
    }
    self.starts = starts
    byteCount = end
  }

  /// The file offset of a byte of the stream, and how many bytes follow there.
  func place(of position: UInt64) -> FileAllocationTable.Extent? {
    guard position < byteCount else { return nil }
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= position { low = middle } else { high = middle }
    }
    let skipped = position - starts[low]
    return .init(offset: extents[low].offset + skipped, byteCount: extents[low].byteCount - skipped)
  }

  /// Up to `count` bytes; fewer where the stream ends.
  func bytes(
    at position: UInt64, count: Int, in window: inout ByteWindow
  ) throws(ReadError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, let place = place(of: position + UInt64(bytes.count)) {
      let wanted = min(UInt64(count - bytes.count), place.byteCount)
      var span = try window.available(at: place.offset, upTo: Int(wanted))
      guard !span.isAtEnd else { break }
      bytes += try span.array(span.remaining)
    }
    return bytes
  }
}
