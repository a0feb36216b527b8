internal import PreflightFacts
internal import PreflightBytes

/// The side information of a Layer III frame (ISO/IEC 11172-3, section 2.4.1.7), as far as it locates the
/// frame's audio: some is before the frame, in the bit reservoir, and the rest in it.
struct MPEGAudioSideInformation {
  /// The bytes of the frame, from its header on, that contain its own audio.
  let bytesNeeded: UInt64

  init(parsing span: inout ByteSpan, of header: MPEGAudioHeader) throws(ReadError) {
    let start = header.isProtected ? 6 : 4
    try span.skip(start)
    var bits = AudioBits(try span.array(header.sideInformationSize))
    let isFirst = header.version == .mpeg1
    let mainDataBegin = bits.next(isFirst ? 9 : 8)
    if isFirst {
      _ = bits.next((header.channels == 1 ? 5 : 3) + 4 * header.channels)
    } else {
      _ = bits.next(header.channels)
    }
    var length: UInt64 = 0
    for _ in 0..<header.channels * (isFirst ? 2 : 1) {
      length += bits.next(12)
      // What follows the length of a granule's part in the description of the part.
      _ = bits.next(isFirst ? 47 : 51)
    }
    let inFrame = max((length + 7) / 8, mainDataBegin) - mainDataBegin
    bytesNeeded = UInt64(start + header.sideInformationSize) + inFrame
  }
}
