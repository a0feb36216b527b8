/// A borrowed run of bytes that tracks its file offset and how far it has been read.
///
/// Every read states its endianness, advances the position, and throws ``ReadError`` past the end:
///
///     let length = try UInt32(parsingBigEndian: &span)
///     let type = try FourCC(parsing: &span)
///
/// The compiler ties the span's lifetime to that of its window, so it can't outlive the buffer it points
/// into.
///
/// Generic code here is inlinable: readers call it for every few bytes of a file, and unspecialized it would
/// be a hundred times slower.
@usableFromInline
package struct ByteSpan: ~Escapable {
  /// All the bytes, read or not.
  @usableFromInline
  package let bytes: RawSpan

  /// The file offset of the first byte.
  @usableFromInline
  package let base: UInt64

  /// How many bytes have been read.
  @usableFromInline
  package internal(set) var position: Int

  @_lifetime(copy bytes)
  @inlinable
  package init(_ bytes: RawSpan, at base: UInt64) {
    self.bytes = bytes
    self.base = base
    position = 0
  }

  /// The number of bytes not yet read.
  @inlinable
  package var remaining: Int { bytes.byteCount - position }

  /// Whether everything has been read.
  @inlinable
  package var isAtEnd: Bool { position == bytes.byteCount }

  /// The file offset of the next byte to read.
  @inlinable
  package var offset: UInt64 { base + UInt64(position) }

  /// The byte at an index from the span's start, regardless of the position; nil outside it.
  @inlinable
  package subscript(index: Int) -> UInt8? {
    guard index >= 0, index < bytes.byteCount else { return nil }
    return bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
  }

  /// Whether `pattern` is at an index from the span's start, regardless of the position.
  @inlinable
  package func has(_ pattern: StaticString, at index: Int = 0) -> Bool {
    pattern.withUTF8Buffer { holds($0, at: index) }
  }

  /// Whether `pattern` is at an index from the span's start, regardless of the position.
  @inlinable
  package func has(_ pattern: [UInt8], at index: Int = 0) -> Bool { holds(pattern, at: index) }

  @inlinable
  func holds(_ pattern: some RandomAccessCollection<UInt8>, at index: Int) -> Bool {
    index >= 0 && index <= bytes.byteCount - pattern.count
      && zip(pattern, index...).allSatisfy { byte, place in self[place] == byte }
  }

  /// Skips `count` bytes.
  @inlinable
  package mutating func skip(_ count: some FixedWidthInteger) throws(ReadError) {
    position += try checked(count)
  }

  /// Reads the next `count` bytes as a span.
  @_lifetime(copy self)
  @inlinable
  package mutating func take(_ count: some FixedWidthInteger) throws(ReadError) -> ByteSpan {
    let count = try checked(count)
    defer { position += count }
    return ByteSpan(bytes.extracting(position..<position + count), at: offset)
  }

  /// Reads a copy of the next `count` bytes.
  @inlinable
  package mutating func array(_ count: some FixedWidthInteger) throws(ReadError) -> [UInt8] {
    let count = try checked(count)
    defer { position += count }
    return bytes.extracting(position..<position + count).withUnsafeBytes { Array($0) }
  }

  /// Reads the next `count` bytes as Latin-1 text: for signatures and codes.
  package mutating func latin1(_ count: some FixedWidthInteger) throws(ReadError) -> String {
    String(String.UnicodeScalarView(try array(count).map { Unicode.Scalar($0) }))
  }

  @inlinable
  func checked(_ count: some FixedWidthInteger) throws(ReadError) -> Int {
    guard let count = Int(exactly: count), count >= 0 else {
      throw ReadError(.implausible, at: offset)
    }
    guard count <= remaining else { throw ReadError(.endOfData, at: base + UInt64(bytes.byteCount)) }
    return count
  }

  @inlinable
  mutating func load<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type
  ) throws(ReadError) -> T {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { throw ReadError(.endOfData, at: base + UInt64(bytes.byteCount)) }
    defer { position += size }
    // Within bounds by the guard above.
    return bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: T.self)
  }
}

extension FixedWidthInteger where Self: BitwiseCopyable {
  /// Reads an integer, most significant byte first.
  @inlinable
  package init(parsingBigEndian span: inout ByteSpan) throws(ReadError) {
    self = try Self(bigEndian: span.load(Self.self))
  }

  /// Reads an integer, least significant byte first.
  @inlinable
  package init(parsingLittleEndian span: inout ByteSpan) throws(ReadError) {
    self = try Self(littleEndian: span.load(Self.self))
  }

  /// Reads an integer of `byteCount` bytes, most significant first. If they exceed the type, only the least
  /// significant ones count.
  @inlinable
  package init(parsingBigEndian span: inout ByteSpan, byteCount: Int) throws(ReadError) {
    var bytes = try span.take(byteCount)
    var value: Self = 0
    while !bytes.isAtEnd { value = value << 8 | Self(truncatingIfNeeded: try UInt8(parsing: &bytes)) }
    self = value
  }

  /// Reads an integer of `byteCount` bytes, least significant first. If they exceed the type, only the least
  /// significant ones count.
  @inlinable
  package init(parsingLittleEndian span: inout ByteSpan, byteCount: Int) throws(ReadError) {
    var bytes = try span.take(byteCount)
    var value: Self = 0
    while !bytes.isAtEnd {
      let place = 8 * bytes.position
      value |= Self(truncatingIfNeeded: try UInt8(parsing: &bytes)) << place
    }
    self = value
  }
}

extension UInt8 {
  /// Reads one byte.
  @inlinable
  package init(parsing span: inout ByteSpan) throws(ReadError) { self = try span.load(UInt8.self) }
}
