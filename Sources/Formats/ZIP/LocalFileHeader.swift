internal import PreflightFacts
internal import PreflightBytes

/// A local file header (APPNOTE 4.3.7), which precedes a member's data.
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
