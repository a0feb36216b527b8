internal import PreflightFacts
internal import PreflightBytes

/// Reads and decompresses a member's data piece by piece, up to a limit: a small member can declare, and even
/// have, an enormous size.
struct MemberData {
  enum Outcome {
    /// All the data was read, and it ended as its method requires.
    case complete
    /// There is more than the limit.
    case overLimit
    /// The data isn't a DEFLATE stream, from about this offset on.
    case damaged(UInt64)
    /// The compressed data ends before the stream does.
    case incomplete
  }

  private(set) var outcome = Outcome.complete
  /// How many bytes came out.
  private(set) var byteCount: UInt64 = 0
  private(set) var crc32 = CRC32()
  /// Where the compressed data ended.
  private(set) var end: UInt64

  /// Reads the data in `range` of the file.
  ///
  /// - Parameter body: Gets the decompressed bytes, block by block.
  init(
    _ window: inout ByteWindow, in range: Range<UInt64>, isDeflated: Bool, limit: UInt64,
    output: inout [UInt8], _ body: (RawSpan) -> Void = { _ in }
  ) throws(ReadError) {
    end = range.lowerBound
    if isDeflated {
      try inflate(&window, in: range, limit: limit, output: &output, body)
    } else {
      try copy(&window, in: range, limit: limit, body)
    }
  }

  private static let piece = 1 << 16

  private mutating func copy(
    _ window: inout ByteWindow, in range: Range<UInt64>, limit: UInt64, _ body: (RawSpan) -> Void
  ) throws(ReadError) {
    while end < range.upperBound {
      if byteCount >= limit {
        outcome = .overLimit
        return
      }
      let wanted = min(range.upperBound - end, limit - byteCount, UInt64(Self.piece))
      let span = try window.available(at: end, upTo: Int(wanted))
      if span.isAtEnd {
        outcome = .incomplete
        return
      }
      take(span, body)
      end += UInt64(span.remaining)
    }
  }

  private mutating func inflate(
    _ window: inout ByteWindow, in range: Range<UInt64>, limit: UInt64, output: inout [UInt8],
    _ body: (RawSpan) -> Void
  ) throws(ReadError) {
    var inflate = Inflate(.none)
    while true {
      let wanted = Int(min(range.upperBound - end, UInt64(Self.piece)))
      let input = try window.available(at: end, upTo: wanted)
      let step = inflate.step(input, into: &output)
      end += UInt64(step.consumed)
      take(ByteSpan(output.span.bytes.extracting(0..<step.produced), at: 0), body)
      if byteCount > limit {
        outcome = .overLimit
        return
      }
      switch step.status {
      case .ended: return
      case .damaged:
        outcome = .damaged(end)
        return
      case .more:
        if step.consumed == 0, step.produced == 0 {
          outcome = .incomplete
          return
        }
      }
    }
  }

  private mutating func take(_ span: borrowing ByteSpan, _ body: (RawSpan) -> Void) {
    byteCount += UInt64(span.bytes.byteCount)
    crc32.update(span)
    body(span.bytes)
  }
}

extension ByteWindow {
  /// Decompresses the DEFLATE data in a range of the file in one step, as
  /// ``Unpacker/unpack(_:wrapper:expecting:_:)`` does; nil, too, if it exceeds a span.
  mutating func unpackMemberData<Result>(
    in range: Range<UInt64>, expecting count: UInt64, _ body: (RawSpan) -> Result
  ) throws(ReadError) -> Result? {
    let packedByteCount = range.upperBound - range.lowerBound
    guard packedByteCount <= Limits.Window.span else { return nil }
    let unpacker = self.unpacker
    let packed = try available(at: range.lowerBound, upTo: Int(packedByteCount))
    return unpacker.unpack(packed.bytes, wrapper: .none, expecting: count, body)
  }
}
