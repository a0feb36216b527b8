internal import PreflightBytes
internal import PreflightFacts

/// How a raw data block of AAC begins (ISO/IEC 14496-3, 4.4.2.1): with an element whose first fields have few valid
/// values.
struct AACBlock {
  private static let headSize = 8

  /// The bands of a long and of a short window at this sampling rate (tables 4.129 to 4.147).
  private let longBands: UInt64
  private let shortBands: UInt64
  private let allowsPrediction: Bool
  /// Whether the channels follow from the configuration, which has neither a CCE nor an LFE first (table 1.19).
  private let hasKnownChannels: Bool

  /// nil for what isn't AAC with frames of 1,024 samples.
  ///
  /// - Parameter objectType: The audio object type of MPEG-4.
  init?(objectType: UInt32, samplingIndex: Int, hasKnownChannels: Bool) {
    guard 1...4 ~= objectType, samplingIndex < Self.longBands.count else { return nil }
    longBands = Self.longBands[samplingIndex]
    shortBands = Self.shortBands[samplingIndex]
    allowsPrediction = objectType != 2
    self.hasKnownChannels = hasKnownChannels
  }

  private static let longBands: [UInt64] = [41, 41, 47, 49, 49, 51, 47, 47, 43, 43, 43, 40, 40]
  private static let shortBands: [UInt64] = [12, 12, 12, 14, 14, 14, 15, 15, 15, 15, 15, 15, 15]

  /// Whether the bytes in a range of the file may be a block.
  func isPlausible(in block: Range<UInt64>, _ window: inout ByteWindow) throws(ReadError) -> Bool {
    guard block.count >= Self.headSize else { return true }
    var head = try window.available(at: block.lowerBound, upTo: Self.headSize)
    guard head.remaining == Self.headSize else { return true }
    var bits = AudioBits(try head.array(Self.headSize))
    switch bits.next(3) {
    case 2 where hasKnownChannels, 3 where hasKnownChannels:  // CCE, LFE
      return false
    case 0, 3:  // SCE, LFE: element_instance_tag, global_gain
      bits.skip(4 + 8)
      return hasPlausibleWindow(&bits)
    case 1:  // CPE: element_instance_tag, common_window
      bits.skip(4)
      let isCommon = bits.next(1) == 1
      if !isCommon { bits.skip(8) }
      return hasPlausibleWindow(&bits, isCommon: isCommon)
    case 4:  // DSE: element_instance_tag, data_byte_align_flag, count, esc_count
      bits.skip(4 + 1)
      let count = bits.next(8)
      return hasRoom(block, for: count == 255 ? count + bits.next(8) : count, bits)
    case 6:  // FIL: count, esc_count
      let count = bits.next(4)
      return hasRoom(block, for: count == 15 ? count + bits.next(8) - 1 : count, bits)
    case 7:  // END: nothing follows.
      return false
    default:  // CCE, PCE
      return true
    }
  }

  /// Whether so many bytes follow in a block, and END, three bits.
  private func hasRoom(_ block: Range<UInt64>, for byteCount: UInt64, _ bits: AudioBits) -> Bool {
    byteCount + (UInt64(bits.position) + 3 + 7) / 8 <= block.count
  }

  /// ics_info, 4.4.2.1, and ms_mask_present, which follows it in a pair with a common window.
  private func hasPlausibleWindow(_ bits: inout AudioBits, isCommon: Bool = false) -> Bool {
    guard bits.next(1) == 0 else { return false }
    let isShort = bits.next(2) == 2
    bits.skip(1)
    if isShort {
      guard bits.next(4) <= shortBands else { return false }
      bits.skip(7)
    } else {
      guard bits.next(6) <= longBands else { return false }
      // The fields of the prediction are next.
      if bits.next(1) == 1 { return allowsPrediction }
    }
    // 3 is reserved.
    return !isCommon || bits.next(2) != 3
  }
}

extension Fault {
  static func invalidAACBlock(at offset: UInt64) -> Fault {
    Fault(
      "invalid-aac-block", clause: "ISO/IEC 14496-3 4.4.2.1", at: offset,
      "The audio doesn't begin like a block of AAC, so it can't be decoded.",
      expected: "an element with valid fields", actual: "other bytes")
  }
}
