internal import PreflightFacts

/// The header of an ADTS frame: ISO/IEC 14496-3, section 1.A.2.2 (and ISO/IEC 13818-7, 6.2).
struct ADTSHeader {
  /// The bytes without the checksum.
  static let size = 7

  /// The profile, counted from 0: one less than the MPEG-4 audio object type.
  let profile: Int
  let samplingIndex: Int
  /// 0 if the first block declares the channels.
  let channelConfiguration: Int
  /// The bytes of the frame, with this header.
  let frameLength: Int
  /// The raw data blocks in the frame, of 1,024 samples each.
  let blocks: Int
  let isProtected: Bool

  /// - Parameter bits: The first eight bytes of the frame, as a big-endian number.
  init?(_ bits: UInt64) {
    // The sync word, and a layer that is always 0.
    guard bits >> 52 == 0xfff, bits >> 49 & 3 == 0 else { return nil }
    isProtected = bits >> 48 & 1 == 0
    profile = Int(bits >> 46 & 3)
    samplingIndex = Int(bits >> 42 & 15)
    channelConfiguration = Int(bits >> 38 & 7)
    frameLength = Int(bits >> 21 & 0x1fff)
    blocks = Int(bits >> 8 & 3) + 1
    guard samplingIndex < AACSamplingRates.all.count, frameLength >= dataOffset else { return nil }
  }

  /// Where the first raw data block begins.
  var dataOffset: Int { Self.size + (isProtected ? 2 * blocks : 0) }

  var sampleRate: Int { Int(AACSamplingRates.all[samplingIndex]) }

  var profileName: String { ["Main", "LC", "SSR", "LTP"][profile] }

  /// The channels of the configuration; nil if the first block declares them.
  var channels: Int? { [nil, 1, 2, 3, 4, 5, 6, 8][channelConfiguration] }

  /// Whether both can be frames of one stream.
  func continues(_ other: ADTSHeader) -> Bool {
    profile == other.profile && samplingIndex == other.samplingIndex
  }
}
