internal import PreflightFacts
internal import PreflightBytes

extension Reading {
  /// Notes trailing bytes after `end`, the end of the format.
  ///
  /// Cameras, disks and upload forms append NULs and line ends; they hide nothing, and are noted apart.
  mutating func noteTrailingData(_ window: inout ByteWindow, after end: UInt64) throws(ReadError) {
    // Only the start of long padding is looked at.
    let limit = min(window.byteCount, end + Limits.Hidden.padding)
    var offset = end
    while offset < limit {
      let span = try window.block(at: offset, upTo: limit - offset)
      if span.remaining == 0 { break }
      if span.firstIndexPastPadding != nil {
        trailingDataOffset = end
        return
      }
      offset += UInt64(span.remaining)
    }
    if end < window.byteCount { paddingOffset = end }
  }
}
