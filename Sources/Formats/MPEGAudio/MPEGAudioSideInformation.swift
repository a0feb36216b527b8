internal import PreflightFacts
internal import PreflightBytes

/// The side information of a Layer III frame (ISO/IEC 11172-3, section 2.4.1.7; ISO/IEC 13818-3, 2.4.1.7), as far as it
/// locates the frame's audio – some is before the frame, in the bit reservoir, and the rest in it – or can't be decoded.
struct MPEGAudioSideInformation {
  /// The bytes of the frame, from its header on, that contain its own audio.
  let bytesNeeded: UInt64
  /// Whether each granule has at most as many pairs of big values as there are, and a window whose type isn't reserved.
  let isValid: Bool

  /// The most pairs of big values of a granule: half of its 576 lines.
  private static let maximumBigValues: UInt64 = 288

  init(parsing span: inout ByteSpan, of header: MPEGAudioHeader) throws(ReadError) {
    try span.skip(header.isProtected ? 6 : 4)
    var bits = AudioBits(try span.array(header.sideInformationSize))
    let isFirst = header.version == .mpeg1
    let mainDataBegin = bits.next(isFirst ? 9 : 8)
    // private_bits and scfsi
    bits.skip(isFirst ? (header.channels == 1 ? 5 : 3) + 4 * header.channels : header.channels)
    var length: UInt64 = 0
    var isValid = true
    for _ in 0..<header.channels * (isFirst ? 2 : 1) {
      length += bits.next(12)
      if bits.next(9) > Self.maximumBigValues { isValid = false }
      // global_gain and scalefac_compress
      bits.skip(8 + (isFirst ? 4 : 9))
      // window_switching_flag, and block_type
      let isSwitched = bits.next(1) == 1
      if bits.next(2) == 0, isSwitched { isValid = false }
      bits.skip(isFirst ? 23 : 22)
    }
    self.isValid = isValid
    let inFrame = max((length + 7) / 8, mainDataBegin) - mainDataBegin
    bytesNeeded = UInt64(header.sideInformationEnd) + inFrame
  }
}
