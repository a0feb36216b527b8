/// A moving, buffered view of a source: the only way for readers to access bytes.
///
/// A span borrowed from the window has exclusive access, so the buffer can't be refilled under it. The buffer
/// never grows past ``Limits/Window/span``, whatever a file declares.
@usableFromInline
package struct ByteWindow: ~Copyable {
  /// How many bytes to read at once when less is requested. Use less when a reader jumps between offsets than
  /// when it reads sequentially.
  package var readAhead = Self.usualReadAhead

  /// The default of ``readAhead``.
  package static let usualReadAhead = 1 << 16

  /// The number of bytes in the source.
  package let byteCount: UInt64

  /// Unpacks what is packed in the file.
  package let unpacker: Unpacker

  private let source: any ByteSource
  private var buffer: [UInt8]
  private var filled: Range<UInt64> = 0..<0

  /// How many bytes were read from the source so far.
  package private(set) var bytesRead: UInt64 = 0

  /// The first offset at which the source ended although its size declares more bytes.
  package private(set) var missingOffset: UInt64?

  package init(_ source: any ByteSource) {
    self.init(source, memory: Memory())
  }

  /// Creates a window that reuses the memory of an earlier one (``takeMemory()``).
  package init(_ source: any ByteSource, memory: consuming Memory) {
    self.source = source
    byteCount = source.byteCount
    buffer = memory.buffer
    unpacker = memory.unpacker
  }

  /// The memory of a window, allocated once and passed from window to window.
  package struct Memory: Sendable {
    fileprivate let buffer: [UInt8]
    fileprivate let unpacker: Unpacker

    package init() { self.init(buffer: [], unpacker: Unpacker()) }

    fileprivate init(buffer: [UInt8], unpacker: Unpacker) {
      self.buffer = buffer
      self.unpacker = unpacker
    }
  }

  /// Ends the window and returns its memory for the next one.
  package consuming func takeMemory() -> Memory {
    Memory(buffer: buffer, unpacker: unpacker)
  }

  /// Exactly `count` bytes at `offset`.
  ///
  /// - Throws: ``ReadError`` with `endOfData` at the end of the data, or `implausible` if `count` is over
  ///   ``Limits/Window/span``.
  @_lifetime(&self)
  @inlinable
  package mutating func span(
    at offset: UInt64, count: some FixedWidthInteger
  ) throws(ReadError) -> ByteSpan {
    // A count that exceeds `Int` also exceeds any span.
    try exactly(Int(exactly: count) ?? .max, at: offset)
  }

  @_lifetime(&self)
  @usableFromInline
  mutating func exactly(_ count: Int, at offset: UInt64) throws(ReadError) -> ByteSpan {
    let start = min(offset, byteCount)
    guard count >= 0, count <= Limits.Window.span else { throw ReadError(.implausible, at: start) }
    let held = try fill(at: offset, count: count)
    guard offset <= byteCount, held == count else {
      throw ReadError(.endOfData, at: start + UInt64(held))
    }
    return bytes(at: offset, count: held)
  }

  /// The bytes at `offset`, up to `limit` of them; fewer, or none, only at the end of the data.
  @_lifetime(&self)
  package mutating func available(at offset: UInt64, upTo limit: Int) throws(ReadError) -> ByteSpan {
    let held = try fill(at: offset, count: max(0, min(limit, Limits.Window.span)))
    return bytes(at: offset, count: held)
  }

  /// One big-endian integer at `offset`.
  @inlinable
  package mutating func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type, at offset: UInt64
  ) throws(ReadError) -> T {
    var span = try span(at: offset, count: MemoryLayout<T>.size)
    return try T(parsingBigEndian: &span)
  }

  /// One little-endian integer at `offset`.
  @inlinable
  package mutating func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type, at offset: UInt64
  ) throws(ReadError) -> T {
    var span = try span(at: offset, count: MemoryLayout<T>.size)
    return try T(parsingLittleEndian: &span)
  }

  /// Bytes that the buffer holds.
  @_lifetime(&self)
  private mutating func bytes(at offset: UInt64, count: Int) -> ByteSpan {
    let start = count == 0 ? 0 : Int(offset - filled.lowerBound)
    return ByteSpan(buffer.span.bytes.extracting(start..<start + count), at: min(offset, byteCount))
  }

  /// Makes the buffer hold `count` bytes at `offset`, or all remaining bytes if there are fewer.
  ///
  /// - Returns: How many of them it holds.
  /// - Throws: ``ReadError`` with `source`, or with `enough`.
  private mutating func fill(at offset: UInt64, count: Int) throws(ReadError) -> Int {
    guard count > 0, offset < byteCount else { return 0 }
    let there = min(UInt64(count), byteCount - offset)
    if offset < filled.lowerBound || offset + there > filled.upperBound {
      try refill(at: offset, count: count)
    }
    return Int(min(there, filled.upperBound - offset))
  }

  /// Reads at least `count` bytes at `offset`, if the source has them.
  private mutating func refill(at offset: UInt64, count: Int) throws(ReadError) {
    guard bytesRead < Limits.Window.bytesRead(of: byteCount) else { throw ReadError(.enough, at: offset) }
    let wanted = Int(min(UInt64(max(count, readAhead)), byteCount - offset))
    if buffer.count < wanted {
      buffer = [UInt8](repeating: 0, count: wanted)
    }
    var got = 0
    do {
      let source = self.source
      try buffer.withUnsafeMutableBytes { whole in
        let target = UnsafeMutableRawBufferPointer(rebasing: whole[..<wanted])
        while got < target.count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: target[got...])
          let read = try source.read(into: rest, at: offset + UInt64(got))
          // A source that claims to have written more than its buffer must not move the end past the buffer.
          if read <= 0 || read > rest.count { break }
          got += read
        }
      }
    } catch let error as ByteSourceError {
      filled = 0..<0
      throw ReadError(.source(error), at: offset)
    } catch {
      filled = 0..<0
      throw ReadError(.source(ByteSourceError("\(error)")), at: offset)
    }
    bytesRead += UInt64(got)
    filled = offset..<offset + UInt64(got)
    if got < wanted { missingOffset = min(missingOffset ?? .max, filled.upperBound) }
  }
}
