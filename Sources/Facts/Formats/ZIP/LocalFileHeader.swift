internal import PreflightBytes

/// A local file header (APPNOTE 4.3.7), which stands before a member's data.
struct LocalFileHeader {
  static let signature: StaticString = "PK\u{3}\u{4}"
  static let byteCount = 30

  let flags: ZIPMember.Flags
  let method: UInt16
  let crc32: UInt32
  let compressedSize: UInt32
  let uncompressedSize: UInt32
  let nameLength: UInt16
  let extraLength: UInt16

  init(parsing span: inout ByteSpan) throws(ReadError) {
    try span.skip(4 + 2)  // signature, version
    flags = ZIPMember.Flags(rawValue: try UInt16(parsingLittleEndian: &span))
    method = try UInt16(parsingLittleEndian: &span)
    try span.skip(4)  // time and date
    crc32 = try UInt32(parsingLittleEndian: &span)
    compressedSize = try UInt32(parsingLittleEndian: &span)
    uncompressedSize = try UInt32(parsingLittleEndian: &span)
    nameLength = try UInt16(parsingLittleEndian: &span)
    extraLength = try UInt16(parsingLittleEndian: &span)
  }

  /// The bytes from the signature to the member's data.
  var headerByteCount: Int { Self.byteCount + Int(nameLength) + Int(extraLength) }
}

/// Reads a member's data through, decompressed, piece by piece, and never more than a limit: a small
/// member can claim, and even have, a size beyond all bounds.
struct MemberData {
  enum Outcome {
    /// All the data was read, and it ended as its method says.
    case complete
    /// There is more than the limit.
    case overLimit
    /// The data is no DEFLATE stream, from about this offset on.
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

  /// The bytes that came out; kept only where they are asked for.
  private(set) var bytes: [UInt8] = []

  /// Reads the data that stands in `range` of the file.
  init(
    _ window: inout ByteWindow, in range: Range<UInt64>, isDeflated: Bool, limit: UInt64,
    keepsBytes: Bool, output: inout [UInt8]
  ) throws(ReadError) {
    end = range.lowerBound
    if isDeflated {
      try inflate(&window, in: range, limit: limit, keepsBytes: keepsBytes, output: &output)
    } else {
      try copy(&window, in: range, limit: limit, keepsBytes: keepsBytes)
    }
  }

  private static let piece = 1 << 16

  private mutating func copy(
    _ window: inout ByteWindow, in range: Range<UInt64>, limit: UInt64, keepsBytes: Bool
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
      take(span, keepsBytes: keepsBytes)
      end += UInt64(span.remaining)
    }
  }

  private mutating func inflate(
    _ window: inout ByteWindow, in range: Range<UInt64>, limit: UInt64, keepsBytes: Bool,
    output: inout [UInt8]
  ) throws(ReadError) {
    var inflate = Inflate(.none)
    while true {
      let wanted = Int(min(range.upperBound - end, UInt64(Self.piece)))
      let input = try window.available(at: end, upTo: wanted)
      let step = inflate.step(input, into: &output)
      end += UInt64(step.consumed)
      take(
        ByteSpan(output.span.bytes.extracting(0..<step.produced), at: 0), keepsBytes: keepsBytes)
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

  private mutating func take(_ span: borrowing ByteSpan, keepsBytes: Bool) {
    byteCount += UInt64(span.bytes.byteCount)
    crc32.update(span)
    if keepsBytes { span.bytes.withUnsafeBytes { bytes.append(contentsOf: $0) } }
  }
}
