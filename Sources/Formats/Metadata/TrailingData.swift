internal import PreflightFacts
internal import PreflightBytes

extension Reading {
  /// Notes where bytes begin that stand after `end`, where the format says that the file ends.
  ///
  /// NULs and line ends are what cameras, disks and upload forms leave behind; nothing is hidden in them.
  mutating func noteTrailingData(_ window: inout ByteWindow, after end: UInt64) throws(ReadError) {
    var offset = end
    while offset < window.byteCount {
      let span = try window.block(at: offset, upTo: .max)
      if span.remaining == 0 { return }
      if span.firstIndexPastPadding != nil {
        trailingDataOffset = end
        return
      }
      offset += UInt64(span.remaining)
    }
  }
}
