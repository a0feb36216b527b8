internal import PreflightFacts
package import PreflightBytes

/// The header of a page (RFC 3533, section 6), all but its segment table.
package struct OggPage {
  /// The bytes before the segment table.
  package static let fixedSize = 27

  /// The most bytes of a page: the header, 255 lacing values and 255 segments of 255 bytes.
  static let maximumSize: UInt64 = 27 + 255 + 255 * 255

  let offset: UInt64

  /// Whether the page starts with the rest of a packet from the previous page.
  package let isContinued: Bool
  /// Whether the page is the first of its logical bitstream.
  let beginsStream: Bool
  /// Whether the page is the last of its logical bitstream.
  package let endsStream: Bool
  /// The position, in the codec's units, after the last packet that ends here; nil if none ends.
  let granulePosition: UInt64?
  package let serialNumber: UInt32
  package let sequenceNumber: UInt32
  package let checksum: UInt32
  package let segmentCount: Int

  package init(parsing span: inout ByteSpan) throws(ReadError) {
    offset = span.offset
    guard span.has("OggS", at: span.position) else { throw ReadError(.implausible, at: offset) }
    try span.skip(4)
    // The version is 0; other versions would be guesswork, as in decoders.
    try span.skip(1)
    let flags = try UInt8(parsing: &span)
    isContinued = flags & 1 != 0
    beginsStream = flags & 2 != 0
    endsStream = flags & 4 != 0
    let granulePosition = try UInt64(parsingLittleEndian: &span)
    // Negative numbers aren't positions; -1 means that no packet ends here.
    self.granulePosition = Int64(exactly: granulePosition) == nil ? nil : granulePosition
    serialNumber = try UInt32(parsingLittleEndian: &span)
    sequenceNumber = try UInt32(parsingLittleEndian: &span)
    checksum = try UInt32(parsingLittleEndian: &span)
    segmentCount = Int(try UInt8(parsing: &span))
  }

  /// The checksum that a whole page should carry.
  package static func checksum(of page: borrowing ByteSpan) -> UInt32 {
    var crc = OggCRC()
    crc.update(ByteSpan(page.bytes.extracting(first: 22), at: page.base))
    crc.updateWithZeros()
    crc.update(ByteSpan(page.bytes.extracting(droppingFirst: 26), at: page.base + 26))
    return crc.value
  }
}
