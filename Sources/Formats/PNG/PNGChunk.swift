internal import PreflightFacts
internal import PreflightBytes

/// A chunk's place and type (section 5.3).
struct PNGChunk {
  let offset: UInt64
  let length: UInt32
  let type: FourCC

  /// The file offset of the chunk's data.
  var dataStart: UInt64 { offset + 8 }

  /// The file offset of the CRC after the data.
  var dataEnd: UInt64 { dataStart + UInt64(length) }

  /// The file offset after the chunk.
  var end: UInt64 { dataEnd + 4 }

  /// The chunk at an offset; nil if the file ends before its data.
  init?(in window: inout ByteWindow, at offset: UInt64) throws(ReadError) {
    var span = try window.available(at: offset, upTo: 8)
    guard span.remaining == 8 else { return nil }
    self.offset = offset
    length = try UInt32(parsingBigEndian: &span)
    type = try FourCC(parsing: &span)
  }

  /// Whether the chunk is critical: decoders must support it to show the image (section 5.4).
  var isCritical: Bool { type.rawValue & 0x2000_0000 == 0 }

  /// Whether animation frames depend on the chunk.
  var isAnimationControl: Bool { type == "acTL" || type == "fcTL" }

  /// What is wrong with length and type alone.
  var headFault: Fault? {
    if !type.isLetters {
      return Fault(
        "chunk-type", clause: "PNG 5.3", at: offset + 4,
        "Expected a chunk here, but its type is not four letters.", expected: "four letters",
        actual: type.description)
    }
    if length > Int32.max {
      return Fault(
        "chunk-length", clause: "PNG 5.3", at: offset,
        "Chunk \(type) has an invalid length.",
        expected: "≤ 2147483647", actual: "\(length)")
    }
    return nil
  }

  /// The check value of type and data, in pieces.
  func checksum(in window: inout ByteWindow) throws(ReadError) -> UInt32 {
    var checksum = CRC32()
    var position = offset + 4
    while position < dataEnd {
      let block = try window.block(at: position, upTo: dataEnd - position)
      if block.remaining == 0 { break }
      checksum.update(block)
      position += UInt64(block.remaining)
    }
    return checksum.value
  }
}
