internal import PreflightBytes

/// The bits with which every frame of an audio stream begins: a byte FF, and the high bits of the next.
struct FrameSync {
  /// The bits of the second byte that are the same in every frame.
  let mask: UInt8
  /// Their values.
  let value: UInt8

  /// The next offset in a range at which a frame could begin.
  func next(_ window: inout ByteWindow, from start: UInt64, before end: UInt64) throws(ReadError) -> UInt64? {
    var offset = start
    while offset < end {
      let span = try window.available(at: offset, upTo: Int(min(4096, end - offset)))
      guard span.remaining > 1 else { return nil }
      if let index = index(in: span) { return offset + UInt64(index) }
      offset += UInt64(span.remaining - 1)
    }
    return nil
  }

  private func index(in span: borrowing ByteSpan) -> Int? {
    var start = 0
    while let index = span.firstIndex(of: 0xff, from: start), let second = span[index + 1] {
      if second & mask == value { return index }
      start = index + 1
    }
    return nil
  }
}
