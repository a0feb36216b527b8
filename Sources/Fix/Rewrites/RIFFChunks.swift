internal import PreflightBytes

/// The chunks of a WebP (RFC 9649, 2.3).
enum RIFFChunks {
  /// Four letters, the size of the data, the data, and a byte of padding after an odd size.
  struct Chunk {
    let type: FourCC
    /// All of it. Only the padding may be missing, at the end.
    let range: Range<UInt64>
    let data: Range<UInt64>
  }

  /// Where the chunks of the file are, up to the end that its header declares.
  static func range(in window: inout ByteWindow) throws(RewriteError) -> Range<UInt64> {
    let head = try window.bytes(at: 0, count: 12)
    let end = littleEndian(head[4..<8]) + 8
    guard end <= window.byteCount, end >= 12 else { throw .pastEnd }
    return 12..<end
  }

  /// The chunks of the file.
  static func all(in window: inout ByteWindow) throws(RewriteError) -> [Chunk] {
    try all(in: range(in: &window), of: &window)
  }

  /// The chunks in a range of the file.
  static func all(in range: Range<UInt64>, of window: inout ByteWindow) throws(RewriteError) -> [Chunk] {
    var chunks: [Chunk] = []
    var offset = range.lowerBound
    while range.upperBound - offset >= 8 {
      guard chunks.count < Limits.Fix.boxes else { throw .tooMuch }
      let head = try window.bytes(at: offset, count: 8)
      let type = FourCC(rawValue: head.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
      let size = littleEndian(head[4..<8])
      guard size <= range.upperBound - offset - 8 else { throw .pastEnd }
      let data = offset + 8..<offset + 8 + size
      let end = min(data.upperBound + (size & 1), range.upperBound)
      chunks.append(Chunk(type: type, range: offset..<end, data: data))
      offset = end
    }
    return chunks
  }

  /// A file with these chunks.
  static func file(_ chunks: Splice) -> Splice {
    var file = Splice()
    let size = chunks.byteCount + 4
    file.append(
      Array("RIFF".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: size >> UInt64(8 * $0)) }
        + Array("WEBP".utf8))
    for part in chunks.parts {
      switch part {
      case .bytes(let bytes): file.append(bytes)
      case .range(let range): file.append(range)
      }
    }
    return file
  }

  /// A number whose lowest byte comes first.
  static func littleEndian(_ bytes: some BidirectionalCollection<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
