internal import PreflightBytes

/// Entropy-coded data up to the next marker (T.81, section B.1.1.5), without the stuffed zeros, to be read bit by bit.
///
/// It holds some kilobytes of a scan. ``fill(_:)`` replaces what has been read with what follows.
struct JPEGEntropyCodedData {
  /// The most bits of a unit: each block has 64 coefficients, with a code of 16 bits and as many bits of their value.
  /// Bits beyond the end are zeros.
  private static let longestUnit = JPEGScan.maximumBlocks * 64 * 32

  private static let blockSize: UInt64 = 32 << 10

  /// The bytes, and zeros behind them.
  private var bytes: [UInt8] = []

  /// How many bits have been read.
  var position = 0

  /// How many bits there are.
  private var end = 0

  /// The file offset of the first byte that isn't in ``bytes``.
  private var offset: UInt64

  /// The marker after the data: its file offset and code; nil while there is more data.
  private var marker: (offset: UInt64, code: UInt8)?

  /// Where the image ends at the latest.
  private let limit: UInt64

  /// Data that begins at a file offset and ends before another at the latest.
  init(at offset: UInt64, upTo end: UInt64) {
    self.offset = offset
    limit = end
  }

  /// Whether bits were read that don't exist.
  var isOverrun: Bool { position > end }

  /// The bits in memory.
  var bits: JPEGBits {
    @_lifetime(borrow self) get {
      JPEGBits(bytes.span.bytes, at: position, upTo: marker == nil ? end - Self.longestUnit : end)
    }
  }

  /// The bits that are left in memory.
  private var remaining: Int { end - position }

  /// How many whole bytes ``skipToMarker(_:)`` skipped.
  private(set) var skipped = 0

  /// Skips the rest of the data.
  ///
  /// - Returns: The marker after it; its code is 0 if the file ends instead.
  mutating func skipToMarker(_ window: inout ByteWindow) throws(ReadError) -> (offset: UInt64, code: UInt8) {
    skipped += max(0, remaining) / 8
    while true {
      if let marker { return marker }
      bytes = []
      try append(&window)
      skipped += bytes.count
    }
  }

  /// Makes sure that a whole unit can be read, as far as there is data.
  @inline(__always)
  mutating func fill(_ window: inout ByteWindow) throws(ReadError) {
    if marker == nil, remaining < Self.longestUnit { try refill(&window) }
  }

  private mutating func refill(_ window: inout ByteWindow) throws(ReadError) {
    bytes = Array(bytes[min(position >> 3, end >> 3)..<end >> 3])
    position &= 7
    while marker == nil, bytes.count * 8 - position < Self.longestUnit { try append(&window) }
    end = bytes.count * 8
    bytes += repeatElement(0, count: Self.longestUnit / 8 + 8)
  }

  /// Adds a block of the file.
  private mutating func append(_ window: inout ByteWindow) throws(ReadError) {
    let span = try window.block(at: offset, upTo: min(Self.blockSize, limit - min(offset, limit)))
    guard span.remaining > 1 else {
      // The file ends: the last byte can't be data, as an end-of-image marker would need two.
      marker = (offset, 0)
      return
    }
    var start = 0
    while let found = span.firstIndex(of: 0xff, from: start) {
      guard let code = span[found + 1] else {
        // The code is in the next block.
        append(span, start..<found)
        offset += UInt64(found)
        return
      }
      append(span, start..<found)
      start = found + 2
      switch code {
      case 0: bytes.append(0xff)
      // A fill byte may precede a marker.
      case 0xff: start = found + 1
      default:
        marker = (offset + UInt64(found), code)
        return
      }
    }
    append(span, start..<span.remaining)
    offset += UInt64(span.remaining)
  }

  private mutating func append(_ span: borrowing ByteSpan, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    span.bytes.extracting(range).withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

/// Bits of entropy-coded data that are in memory, in the order of T.81, section C.3: the first is the highest of its
/// byte.
struct JPEGBits: ~Escapable {
  private let bytes: RawSpan
  /// How many bits have been read.
  private(set) var position: Int
  /// The last position at which a whole unit is in memory.
  private let last: Int

  /// The next bits at the top, of which `loaded` are real.
  private var word: UInt64 = 0
  private var loaded = 0

  @_lifetime(copy bytes)
  fileprivate init(_ bytes: RawSpan, at position: Int, upTo last: Int) {
    self.bytes = bytes
    self.position = position
    self.last = last
  }

  /// Whether the next unit is in memory, or all that there is of it.
  var hasUnit: Bool { position <= last }

  /// The next 32 or more bits, at the top of the result.
  @inline(__always)
  var next: UInt64 {
    mutating get {
      if loaded < 32 {
        let start = position & 7
        word =
          UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position >> 3, as: UInt64.self))
          &<< UInt64(truncatingIfNeeded: start)
        loaded = 64 - start
      }
      return word
    }
  }

  /// Skips at most 63 bits.
  @inline(__always)
  mutating func skip(_ count: Int) {
    position += count
    word &<<= UInt64(truncatingIfNeeded: count)
    loaded -= count
  }

  /// Reads a number of 1 to 16 bits.
  @inline(__always)
  mutating func take(_ count: Int) -> Int {
    defer { skip(count) }
    return Int(truncatingIfNeeded: next >> UInt64(64 - count))
  }
}
