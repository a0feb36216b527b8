internal import PreflightFacts

/// The header of a frame (ISO/IEC 11172-3 and 13818-3, section 2.4.1.3; MPEG 2.5 is the usual
/// extension to lower rates, by the version bits that the standard reserves).
struct MPEGAudioHeader {
  enum Version { case mpeg1, mpeg2, mpeg25 }

  let rawValue: UInt32
  let version: Version
  /// 1, 2 or 3.
  let layer: Int
  /// Bits per second; 0 in free format, where the next frame determines the size.
  let bitRate: Int
  let sampleRate: Int

  /// The bytes of the longest frame of Layer III that has a bit rate.
  static let maximumSize: UInt64 = 1441

  /// The header, unless the bits can't be one.
  init?(rawValue: UInt32) {
    guard rawValue >> 21 == 0x7ff else { return nil }
    let versionBits = Int(rawValue >> 19 & 3)
    let layerBits = Int(rawValue >> 17 & 3)
    let rateIndex = Int(rawValue >> 12 & 15)
    let samplingIndex = Int(rawValue >> 10 & 3)
    guard versionBits != 1, layerBits != 0, rateIndex != 15, samplingIndex != 3 else { return nil }
    self.rawValue = rawValue
    version = versionBits == 3 ? .mpeg1 : versionBits == 2 ? .mpeg2 : .mpeg25
    layer = 4 - layerBits
    let kilobits =
      if version == .mpeg1 {
        layer == 1
          ? Self.rates1Layer1[rateIndex]
          : layer == 2 ? Self.rates1Layer2[rateIndex] : Self.rates1Layer3[rateIndex]
      } else {
        layer == 1 ? Self.rates2Layer1[rateIndex] : Self.rates2Layers2And3[rateIndex]
      }
    bitRate = kilobits * 1000
    let divisor = version == .mpeg1 ? 1 : version == .mpeg2 ? 2 : 4
    sampleRate = [44100, 48000, 32000][samplingIndex] / divisor
  }

  var isProtected: Bool { rawValue >> 16 & 1 == 0 }
  var isPadded: Bool { rawValue >> 9 & 1 == 1 }
  var channels: Int { rawValue >> 6 & 3 == 3 ? 1 : 2 }
  var isFreeFormat: Bool { bitRate == 0 }

  /// The samples of each channel in the frame.
  var samples: Int { layer == 1 ? 384 : layer == 3 && version != .mpeg1 ? 576 : 1152 }

  /// The bytes of a slot, which padding adds.
  var slot: Int { layer == 1 ? 4 : 1 }

  /// The bytes of the whole frame.
  ///
  /// - Parameter freeFormat: The size of an unpadded free-format frame.
  func size(freeFormat: Int) -> Int {
    let unpadded =
      if isFreeFormat {
        freeFormat
      } else if layer == 1 {
        12 * bitRate / sampleRate * 4
      } else {
        samples / 8 * bitRate / sampleRate
      }
    return unpadded + (isPadded ? slot : 0)
  }

  /// Whether frames with these headers can be in one stream: the version, the layer, the sampling rate and
  /// free format must not change.
  func continues(_ other: MPEGAudioHeader) -> Bool {
    (rawValue ^ other.rawValue) & 0xfffe_0c00 == 0 && isFreeFormat == other.isFreeFormat
  }

  /// The bytes of Layer III's side information (2.4.1.7).
  var sideInformationSize: Int {
    version == .mpeg1 ? (channels == 1 ? 17 : 32) : (channels == 1 ? 9 : 17)
  }

  /// Where the side information ends, behind the header and the checksum.
  var sideInformationEnd: Int { (isProtected ? 6 : 4) + sideInformationSize }

  private static let rates1Layer1 = [
    0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
  ]
  private static let rates1Layer2 = [
    0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
  ]
  private static let rates1Layer3 = [
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
  ]
  private static let rates2Layer1 = [
    0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
  ]
  private static let rates2Layers2And3 = [
    0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160,
  ]
}
