package import PreflightBytes

extension Matroska {
  /// An element (RFC 8794, 5 and 6).
  package struct Element {
    package let identifier: UInt64
    /// Where its data is: at most up to the end of the element around it.
    package let data: Range<UInt64>
    /// Whether it declares no size, and ends where one begins that can't be in it.
    package let isOpen: Bool
    /// Whether the element around it ends before it does.
    package let isCut: Bool

    /// The element at an offset; nil if no whole header is there.
    ///
    /// - Parameter end: Where the element around it ends.
    package init?(
      at offset: UInt64, before end: UInt64, in window: inout ByteWindow
    ) throws(ReadError) {
      guard offset < end else { return nil }
      var head = try window.available(at: offset, upTo: Int(min(12, end - offset)))
      guard let first = head[0], first >= 0x10 else { return nil }
      let identifierSize = first.leadingZeroBitCount + 1
      guard let mark = head[identifierSize], mark > 0 else { return nil }
      let sizeSize = mark.leadingZeroBitCount + 1
      guard head.remaining >= identifierSize + sizeSize else { return nil }
      identifier = try UInt64(parsingBigEndian: &head, byteCount: identifierSize)
      let ones: UInt64 = 1 << (7 * UInt64(sizeSize)) - 1
      let size = try UInt64(parsingBigEndian: &head, byteCount: sizeSize) & ones
      let start = head.offset
      isOpen = size == ones
      isCut = !isOpen && size > end - start
      data = start..<(isOpen || isCut ? end : start + size)
    }
  }

  /// The identifiers of elements (RFC 9559, 5.1; of the header, RFC 8794, 11.2.1).
  package enum Identifier {
    package static let header: UInt64 = 0x1a45_dfa3
    package static let segment: UInt64 = 0x1853_8067

    package static let seekHead: UInt64 = 0x114d_9b74
    package static let info: UInt64 = 0x1549_a966
    package static let tracks: UInt64 = 0x1654_ae6b
    package static let cluster: UInt64 = 0x1f43_b675
    package static let cues: UInt64 = 0x1c53_bb6b
    package static let attachments: UInt64 = 0x1941_a469
    package static let chapters: UInt64 = 0x1043_a770
    package static let tags: UInt64 = 0x1254_c367

    package static let timestampScale: UInt64 = 0x2a_d7b1

    package static let trackEntry: UInt64 = 0xae
    package static let trackNumber: UInt64 = 0xd7
    package static let trackType: UInt64 = 0x83
    package static let flagDefault: UInt64 = 0x88
    package static let defaultDuration: UInt64 = 0x23_e383
    package static let language: UInt64 = 0x22_b59c
    package static let codec: UInt64 = 0x86
    package static let codecPrivate: UInt64 = 0x63a2
    package static let video: UInt64 = 0xe0
    package static let pixelWidth: UInt64 = 0xb0
    package static let pixelHeight: UInt64 = 0xba
    package static let displayWidth: UInt64 = 0x54b0
    package static let displayHeight: UInt64 = 0x54ba
    package static let displayUnit: UInt64 = 0x54b2
    package static let contentEncodings: UInt64 = 0x6d80
    package static let contentEncoding: UInt64 = 0x6240
    package static let contentEncodingType: UInt64 = 0x5033
    package static let contentCompression: UInt64 = 0x5034
    package static let contentCompressionAlgorithm: UInt64 = 0x4254
    package static let contentCompressionSettings: UInt64 = 0x4255

    package static let timestamp: UInt64 = 0xe7
    package static let simpleBlock: UInt64 = 0xa3
    package static let blockGroup: UInt64 = 0xa0
    package static let block: UInt64 = 0xa1
    package static let referenceBlock: UInt64 = 0xfb
    package static let discardPadding: UInt64 = 0x75a2
  }
}
