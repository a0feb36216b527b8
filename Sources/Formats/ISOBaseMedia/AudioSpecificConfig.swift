internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// How to decode an AAC stream, or another MPEG-4 audio stream (ISO/IEC 14496-3, 1.6.2.1).
  struct AudioSpecificConfig {
    private(set) var objectType: UInt32
    private(set) var sampleRate: UInt32
    /// The index of the sampling rate of the blocks themselves; 15 if the rate is written out.
    private(set) var samplingIndex = 15
    /// Whether a frame has 960 samples rather than 1,024.
    private(set) var hasShortFrames = false
    /// 0 if the channels are declared differently.
    let channelConfiguration: UInt32
    private(set) var channels: Int?
    private(set) var hasSpectralBandReplication = false
    private(set) var hasParametricStereo = false

    init(_ bytes: [UInt8]) throws(SyntaxDefect) {
      var bits = SyntaxReader(BitReader(bytes))
      objectType = try Self.objectType(&bits)
      var ahead = bits
      samplingIndex = Int(try ahead.unsigned("samplingFrequencyIndex", 4))
      sampleRate = try Self.sampleRate("samplingFrequencyIndex", &bits)
      channelConfiguration = try bits.unsigned("channelConfiguration", 4)
      channels = Self.channels(channelConfiguration)
      if channels == nil, channelConfiguration != 0 {
        throw SyntaxDefect(
          element: "channelConfiguration", expected: "channelConfiguration from 0 to 7 or 11 to 14",
          actual: "\(channelConfiguration)")
      }
      if objectType == 5 || objectType == 29 {
        hasSpectralBandReplication = true
        hasParametricStereo = objectType == 29
        sampleRate = try Self.sampleRate("extensionSamplingFrequencyIndex", &bits)
        objectType = try Self.objectType(&bits)
        if objectType == 22 { try bits.skip("extensionChannelConfiguration", 4) }
      }
      switch objectType {
      case 1...4, 6, 7, 17, 19...23:
        do throws(SyntaxDefect) {
          try readGeneral(&bits)
        } catch {
          // Encoders truncate this, and decoders accept it if the channels are known anyway.
          if channelConfiguration == 0 { throw error }
        }
      case 36:
        try readLossless(&bits)
      default:
        break
      }
    }

    /// Table 1.17. No decoder supports reserved values.
    private static func objectType(_ bits: inout SyntaxReader) throws(SyntaxDefect) -> UInt32 {
      var type = try bits.unsigned("audioObjectType", 5)
      if type == 31 { type = 32 + (try bits.unsigned("audioObjectTypeExt", 6)) }
      switch type {
      case 0, 10, 11, 18, 47...:
        throw SyntaxDefect(
          element: "audioObjectType", expected: "an audioObjectType that isn't reserved", actual: "\(type)")
      default:
        return type
      }
    }

    /// Table 1.18.
    private static func sampleRate(
      _ element: String, _ bits: inout SyntaxReader
    ) throws(SyntaxDefect) -> UInt32 {
      let rates = AACSamplingRates.all
      let index = Int(try bits.unsigned(element, 4))
      if index == 15 { return try bits.unsigned("samplingFrequency", 24, in: 1...0xff_ffff) }
      guard index < rates.count else {
        throw SyntaxDefect(element: element, expected: "\(element) from 0 to 12, or 15", actual: "\(index)")
      }
      return rates[index]
    }

    /// Table 1.19; nil if the configuration declares the channels differently, or the value is reserved.
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
      _ bits: inout SyntaxReader
    ) throws(SyntaxDefect) {
      hasShortFrames = try bits.flag("frameLengthFlag")
      if try bits.flag("dependsOnCoreCoder") { try bits.skip("coreCoderDelay", 14) }
      let hasExtension = try bits.flag("extensionFlag")
      if channelConfiguration == 0 { channels = try Self.programChannels(&bits) }
      // The rest isn't needed to know the codec, so truncation and errors are ignored.
      try? readExtensions(hasExtension, &bits)
    }

    private mutating func readExtensions(
      _ hasExtension: Bool, _ bits: inout SyntaxReader
    ) throws(SyntaxDefect) {
      if objectType == 6 || objectType == 20 { try bits.skip("layerNr", 3) }
      if hasExtension {
        if objectType == 22 { try bits.skip("numOfSubFrame", 16) }
        if [17, 19, 20, 23].contains(objectType) {
          try bits.skip("aacSectionDataResilienceFlag", 3)
        }
        try bits.skip("extensionFlag3", 1)
      }
      // 1.6.6.1: the newer tools may be signaled after the part that older decoders read.
      guard !hasSpectralBandReplication, bits.remaining >= 16,
        try bits.unsigned("syncExtensionType", 11) == 0x2b7
      else { return }
      guard try Self.objectType(&bits) == 5, try bits.flag("sbrPresentFlag") else { return }
      hasSpectralBandReplication = true
      sampleRate = try Self.sampleRate("extensionSamplingFrequencyIndex", &bits)
      guard bits.remaining >= 12, try bits.unsigned("syncExtensionType", 11) == 0x548 else { return }
      hasParametricStereo = try bits.flag("psPresentFlag")
    }

    /// program_config_element, 4.4.1.1.
    private static func programChannels(_ bits: inout SyntaxReader) throws(SyntaxDefect) -> Int {
      try bits.skip("element_instance_tag", 10)
      let front = Int(try bits.unsigned("num_front_channel_elements", 4))
      let side = Int(try bits.unsigned("num_side_channel_elements", 4))
      let back = Int(try bits.unsigned("num_back_channel_elements", 4))
      let lowFrequency = Int(try bits.unsigned("num_lfe_channel_elements", 2))
      let associated = Int(try bits.unsigned("num_assoc_data_elements", 3))
      let coupling = Int(try bits.unsigned("num_valid_cc_elements", 4))
      if try bits.flag("mono_mixdown_present") { try bits.skip("mono_mixdown_element_number", 4) }
      if try bits.flag("stereo_mixdown_present") { try bits.skip("stereo_mixdown_element_number", 4) }
      if try bits.flag("matrix_mixdown_idx_present") { try bits.skip("matrix_mixdown_idx", 3) }
      var channels = lowFrequency
      for _ in 0..<(front + side + back) {
        channels += try bits.flag("element_is_cpe") ? 2 : 1
        try bits.skip("element_tag_select", 4)
      }
      try bits.skip("lfe_element_tag_select", 4 * (lowFrequency + associated) + 5 * coupling)
      bits.alignToByte()
      try bits.skip("comment_field_data", 8 * Int(try bits.unsigned("comment_field_bytes", 8)))
      return channels
    }

    /// ALSSpecificConfig, 11.6.1.
    private mutating func readLossless(_ bits: inout SyntaxReader) throws(SyntaxDefect) {
      try bits.skip("fillBits", 5)
      var ahead = bits
      // Some files have an extra 24 bits in between.
      if try ahead.unsigned("als_id", 24) != 0x41_4c53 { try bits.skip("als_id", 24) }
      guard try bits.unsigned("als_id", 32) == 0x414c_5300 else { return }
      sampleRate = try bits.unsigned("samp_freq", 32)
      try bits.skip("samples", 32)
      channels = Int(try bits.unsigned("channels", 16)) + 1
    }

    func describe(_ stream: inout AudioStream) {
      switch objectType {
      case 32: stream.codec = "mp1"
      case 33: stream.codec = "mp2"
      case 34: stream.codec = "mp3"
      case 36: stream.codec = "mp4als"
      // Codecs that aren't AAC, by the names of RFC 6381.
      case 7...9, 12...16, 21, 24...28, 35, 37, 38, 40, 41, 43...46:
        stream.codec = "mp4a.40.\(objectType)"
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
