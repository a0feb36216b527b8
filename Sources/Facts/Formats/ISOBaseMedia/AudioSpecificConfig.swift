internal import PreflightBytes

extension ISOBaseMedia {
  /// How an AAC stream, or another of MPEG-4 audio, is to be decoded (ISO/IEC 14496-3, 1.6.2.1).
  struct AudioSpecificConfig {
    private(set) var objectType: UInt32
    private(set) var sampleRate: UInt32
    private(set) var channels: Int?
    private(set) var hasSpectralBandReplication = false
    private(set) var hasParametricStereo = false

    init(_ bytes: [UInt8]) throws(ReadError) {
      var bits = BitReader(bytes)
      objectType = try Self.objectType(&bits)
      sampleRate = try Self.sampleRate(&bits)
      let channelConfiguration = try bits.bits(4)
      channels = Self.channels(channelConfiguration)
      if objectType == 5 || objectType == 29 {
        hasSpectralBandReplication = true
        hasParametricStereo = objectType == 29
        sampleRate = try Self.sampleRate(&bits)
        objectType = try Self.objectType(&bits)
        if objectType == 22 { try bits.skip(4) }
      }
      switch objectType {
      case 1...4, 6, 7, 17, 19...23:
        // From here on nothing is needed to know the codec, so what is cut short is forgiven.
        try? readGeneral(&bits, channelConfiguration)
      case 36:
        try readLossless(&bits)
      default:
        break
      }
    }

    private static func objectType(_ bits: inout BitReader) throws(ReadError) -> UInt32 {
      let type = try bits.bits(5)
      return type == 31 ? 32 + (try bits.bits(6)) : type
    }

    private static func sampleRate(_ bits: inout BitReader) throws(ReadError) -> UInt32 {
      let rates: [UInt32] = [
        96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
      ]
      let index = Int(try bits.bits(4))
      if index == 15 { return try bits.bits(24) }
      return index < rates.count ? rates[index] : 0
    }

    /// Table 1.19; nil where the configuration names them otherwise.
    private static func channels(_ configuration: UInt32) -> Int? {
      switch configuration {
      case 1...6: Int(configuration)
      case 7, 12, 14: 8
      case 11: 7
      case 13: 24
      default: nil
      }
    }

    /// GASpecificConfig, 4.4.1.
    private mutating func readGeneral(
      _ bits: inout BitReader, _ channelConfiguration: UInt32
    ) throws(ReadError) {
      try bits.skip(1)
      if try bits.flag() { try bits.skip(14) }
      let hasExtension = try bits.flag()
      if channelConfiguration == 0 { channels = try Self.programChannels(&bits) }
      if objectType == 6 || objectType == 20 { try bits.skip(3) }
      if hasExtension {
        if objectType == 22 { try bits.skip(16) }
        if [17, 19, 20, 23].contains(objectType) { try bits.skip(3) }
        try bits.skip(1)
      }
      // 1.6.6.1: the newer tools may be announced behind what older decoders read.
      guard !hasSpectralBandReplication, bits.remaining >= 16, try bits.bits(11) == 0x2b7 else { return }
      guard try Self.objectType(&bits) == 5, try bits.flag() else { return }
      hasSpectralBandReplication = true
      sampleRate = try Self.sampleRate(&bits)
      guard bits.remaining >= 12, try bits.bits(11) == 0x548 else { return }
      hasParametricStereo = try bits.flag()
    }

    /// program_config_element, 4.4.1.1.
    private static func programChannels(_ bits: inout BitReader) throws(ReadError) -> Int {
      try bits.skip(10)
      let front = Int(try bits.bits(4))
      let side = Int(try bits.bits(4))
      let back = Int(try bits.bits(4))
      let lowFrequency = Int(try bits.bits(2))
      let associated = Int(try bits.bits(3))
      let coupling = Int(try bits.bits(4))
      if try bits.flag() { try bits.skip(4) }
      if try bits.flag() { try bits.skip(4) }
      if try bits.flag() { try bits.skip(3) }
      var channels = lowFrequency
      for _ in 0..<(front + side + back) {
        channels += try bits.flag() ? 2 : 1
        try bits.skip(4)
      }
      try bits.skip(4 * (lowFrequency + associated) + 5 * coupling)
      bits.alignToByte()
      try bits.skip(8 * Int(try bits.bits(8)))
      return channels
    }

    /// ALSSpecificConfig, 11.6.1.
    private mutating func readLossless(_ bits: inout BitReader) throws(ReadError) {
      try bits.skip(5)
      var ahead = bits
      // Some files have a frame of 24 bits more in between.
      if try ahead.bits(24) != 0x41_4c53 { try bits.skip(24) }
      guard try bits.bits(32) == 0x414c_5300 else { return }
      sampleRate = try bits.bits(32)
      try bits.skip(32)
      channels = Int(try bits.bits(16)) + 1
    }

    func describe(_ stream: inout AudioStream) {
      switch objectType {
      case 32: stream.codec = "mp1"
      case 33: stream.codec = "mp2"
      case 34: stream.codec = "mp3"
      case 36: stream.codec = "mp4als"
      default: stream.profile = profile
      }
      if sampleRate > 0 { stream.sampleRate = Int(sampleRate) }
      if let channels { stream.channels = hasParametricStereo && channels == 1 ? 2 : channels }
    }

    private var profile: String? {
      if hasParametricStereo { return "HE-AACv2" }
      if hasSpectralBandReplication { return "HE-AAC" }
      return switch objectType {
      case 1: "Main"
      case 2: "LC"
      case 3: "SSR"
      case 4: "LTP"
      case 6: "Scalable"
      case 17: "ER LC"
      case 23: "LD"
      case 39: "ELD"
      case 42: "xHE-AAC"
      default: nil
      }
    }
  }
}
