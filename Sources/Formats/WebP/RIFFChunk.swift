internal import PreflightFacts
internal import PreflightBytes

/// A chunk's offset and type (RIFF, as in RFC 9649, section 2.3): padded to an even size.
struct RIFFChunk {
  let offset: UInt64
  let type: FourCC
  let length: UInt32

  /// The file offset of the chunk's data.
  var dataStart: UInt64 { offset + 8 }

  /// The file offset after the chunk's data.
  var dataEnd: UInt64 { dataStart + UInt64(length) }

  /// The file offset after the chunk and its padding.
  var end: UInt64 { dataEnd + UInt64(length & 1) }

  /// The chunk at an offset; nil if the file ends before its data.
  init?(in window: inout ByteWindow, at offset: UInt64) throws(ReadError) {
    var span = try window.available(at: offset, upTo: 8)
    guard span.remaining == 8 else { return nil }
    self.offset = offset
    type = try FourCC(parsing: &span)
    length = try UInt32(parsingLittleEndian: &span)
  }
}
