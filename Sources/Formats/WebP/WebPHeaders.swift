internal import PreflightFacts
internal import PreflightBytes

/// The extended header VP8X (RFC 9649, section 2.7).
struct WebPExtendedHeader {
  let flags: UInt8
  let canvasWidth: UInt32
  let canvasHeight: UInt32

  init(parsing data: inout ByteSpan) throws(ReadError) {
    flags = try UInt8(parsing: &data)
    try data.skip(3)
    canvasWidth = try UInt32(parsingLittleEndian: &data, byteCount: 3) + 1
    canvasHeight = try UInt32(parsingLittleEndian: &data, byteCount: 3) + 1
  }

  var hasAlpha: Bool { flags & 0x10 != 0 }
  var isAnimated: Bool { flags & 0x02 != 0 }
}

/// The head of an animation frame ANMF (RFC 9649, section 2.7.1.2).
struct WebPFrameHeader {
  let milliseconds: UInt32

  init(parsing data: inout ByteSpan) throws(ReadError) {
    try data.skip(12)
    milliseconds = try UInt32(parsingLittleEndian: &data, byteCount: 3)
    try data.skip(1)
  }
}

/// The first bytes of an image's data: a VP8 key frame (RFC 6386, section 9.1) or a VP8L stream (RFC 9649,
/// section 3.4).
struct WebPBitstreamHeader {
  let width: UInt32
  let height: UInt32
  let hasAlpha: Bool

  /// Reads the header of a chunk's data; nil if it doesn't match the chunk's type.
  init?(_ type: FourCC, parsing data: inout ByteSpan) throws(ReadError) {
    if type == "VP8L" {
      let signature = try UInt8(parsing: &data)
      let bits = try UInt32(parsingLittleEndian: &data)
      guard signature == 0x2f, bits >> 29 == 0 else { return nil }
      width = (bits & 0x3fff) + 1
      height = (bits >> 14 & 0x3fff) + 1
      hasAlpha = bits >> 28 & 1 != 0
    } else {
      let tag = try UInt32(parsingLittleEndian: &data, byteCount: 3)
      let startCode = try UInt32(parsingBigEndian: &data, byteCount: 3)
      guard tag & 1 == 0, startCode == 0x9d012a else { return nil }
      width = UInt32(try UInt16(parsingLittleEndian: &data) & 0x3fff)
      height = UInt32(try UInt16(parsingLittleEndian: &data) & 0x3fff)
      hasAlpha = false
      guard width > 0, height > 0 else { return nil }
    }
  }
}
