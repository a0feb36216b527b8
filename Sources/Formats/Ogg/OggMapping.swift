internal import PreflightFacts
internal import PreflightBytes

/// The content of a logical bitstream, by the first packet of its first page.
struct OggMapping {
  enum Kind { case audio, video, other }

  var kind: Kind
  /// ffmpeg's name; nil for an unknown stream or one that is neither audio nor video.
  var codec: String?
  var channels: Int?
  var sampleRate: Int?
  var bitRate: Int?
  var width: Int?
  var height: Int?
  var frameRate: Double?
  var chroma: String?

  /// The packets before the first with content; nil if the mapping doesn't say.
  var headerCount: Int?
  /// How the second and third packets must begin.
  var laterHeaders: [StaticString] = []

  /// Granule positions a second.
  var granuleRate: Double?
  /// Theora's split of a granule position: the low bits count from the last key frame.
  var granuleShift: UInt64 = 0
  /// Samples at the start that are decoded but not played (RFC 7845, section 4.2).
  var preSkip: UInt64 = 0
  /// The maximum that one packet can add to the granule position.
  var mostPerPacket: UInt64 = 1
  /// The fewest samples that a packet adds to the granule position; 0 if unknown. For Opus every packet says it.
  var leastPerPacket: UInt64 = 0
  /// Whether each packet of Opus is one; with more channels it is several, of which only the last has no length.
  var hasPlainPackets = false
  /// The length declared in the headers, in granule positions.
  var total: UInt64?

  /// Reads the first packet; an unknown stream isn't an error.
  ///
  /// - Throws: `endOfData` if the header ends early, `implausible` at an invalid value.
  init(parsing packet: inout ByteSpan) throws(ReadError) {
    self.init(.other)
    if packet.has("OpusHead") {
      try readOpus(&packet)
    } else if packet.has("\u{1}vorbis") {
      try readVorbis(&packet)
    } else if packet.has("\u{7f}FLAC") {
      try readFLAC(&packet)
    } else if packet.has("fLaC") {
      // The format before the FLAC mapping 1.1.1: the stream's own metadata blocks, unwrapped.
      self = Self(.audio, "flac")
    } else if packet.has("Speex   ") {
      try readSpeex(&packet)
    } else if packet.has([0x80] + Array("theora".utf8)) {
      try readTheora(&packet)
    } else if packet.has("\u{1}video\0\0\0") || packet.has("\u{1}audio\0\0\0") {
      try readOGM(&packet)
    } else {
      self = Self.named(packet)
    }
  }

  /// What the first letters identify if the rest is corrupt or truncated.
  init(nameOnly packet: borrowing ByteSpan) {
    self =
      if packet.has("OpusHead") {
        Self(.audio, "opus")
      } else if packet.has("\u{1}vorbis") {
        Self(.audio, "vorbis")
      } else if packet.has("\u{7f}FLAC") || packet.has("fLaC") {
        Self(.audio, "flac")
      } else if packet.has("Speex   ") {
        Self(.audio, "speex")
      } else if packet.has([0x80] + Array("theora".utf8)) {
        Self(.video, "theora")
      } else {
        Self.named(packet)
      }
  }

  /// The specification of the mapping, for faults.
  var clause: String {
    switch codec {
    case "opus": "RFC 7845 5"
    case "vorbis": "Vorbis I 4.2"
    case "flac": "FLAC-in-Ogg 1.0"
    case "speex": "Speex manual 5.4"
    case "theora": "Theora 6"
    default: "RFC 3533 4"
    }
  }

  /// What a granule position counts, for faults.
  var granuleClause: String {
    switch codec {
    case "opus": "RFC 7845 4"
    case "vorbis": "Vorbis I A.2"
    default: clause
    }
  }

  private init(_ kind: Kind, _ codec: String? = nil) {
    self.kind = kind
    self.codec = codec
  }

  /// Streams for which the name is enough.
  private static func named(_ packet: borrowing ByteSpan) -> OggMapping {
    if packet.has("BBCD\0") { return OggMapping(.video, "dirac") }
    if packet.has("OVP80") { return OggMapping(.video, "vp8") }
    if packet.has([0x80] + Array("daala".utf8)) { return OggMapping(.video, "daala") }
    if packet.has("CELT    ") { return OggMapping(.audio, "celt") }
    if packet.has("PCM     ") { return OggMapping(.audio, "pcm") }
    return OggMapping(.other)
  }

  /// RFC 7845, section 5.1.
  private mutating func readOpus(_ packet: inout ByteSpan) throws(ReadError) {
    self = Self(.audio, "opus")
    headerCount = 2
    laterHeaders = ["OpusTags"]
    leastPerPacket = 1
    sampleRate = 48000
    granuleRate = 48000
    // A packet holds at most 120 ms (RFC 6716, section 2.1.4).
    mostPerPacket = 5760
    try packet.skip(8)
    let versionOffset = packet.offset
    guard try UInt8(parsing: &packet) < 16 else { throw ReadError(.implausible, at: versionOffset) }
    let channelsOffset = packet.offset
    let channels = Int(try UInt8(parsing: &packet))
    guard channels > 0 else { throw ReadError(.implausible, at: channelsOffset) }
    self.channels = channels
    preSkip = UInt64(try UInt16(parsingLittleEndian: &packet))
    // The input's rate, and the gain: neither affects the output.
    try packet.skip(4 + 2)
    let familyOffset = packet.offset
    let family = try UInt8(parsing: &packet)
    if family == 0 {
      guard channels <= 2 else { throw ReadError(.implausible, at: channelsOffset) }
      hasPlainPackets = true
      return
    }
    let streams = try UInt8(parsing: &packet)
    let coupled = try UInt8(parsing: &packet)
    guard streams > 0, coupled <= streams else { throw ReadError(.implausible, at: familyOffset) }
    try packet.skip(channels)
  }

  /// Vorbis I, section 4.2.2.
  private mutating func readVorbis(_ packet: inout ByteSpan) throws(ReadError) {
    self = Self(.audio, "vorbis")
    headerCount = 3
    laterHeaders = ["\u{3}vorbis", "\u{5}vorbis"]
    try packet.skip(7)
    let versionOffset = packet.offset
    guard try UInt32(parsingLittleEndian: &packet) == 0 else {
      throw ReadError(.implausible, at: versionOffset)
    }
    let channels = Int(try UInt8(parsing: &packet))
    let rate = try UInt32(parsingLittleEndian: &packet)
    guard channels > 0, rate > 0 else { throw ReadError(.implausible, at: versionOffset) }
    self.channels = channels
    sampleRate = Int(exactly: rate)
    granuleRate = Double(rate)
    // The maximum, the nominal and the minimum; zero or less where not stated.
    try packet.skip(4)
    let nominal = try Int32(parsingLittleEndian: &packet)
    try packet.skip(4)
    if nominal > 0 { bitRate = Int(nominal) }
    let sizesOffset = packet.offset
    let sizes = try UInt8(parsing: &packet)
    let short = sizes & 15
    let long = sizes >> 4
    guard 6...13 ~= short, short <= long, long <= 13 else {
      throw ReadError(.implausible, at: sizesOffset)
    }
    mostPerPacket = (1 << UInt64(long)) / 2
    leastPerPacket = (1 << UInt64(short)) / 2
  }

  /// The FLAC-in-Ogg mapping 1.0, with the STREAMINFO block of RFC 9639, section 8.2.
  private mutating func readFLAC(_ packet: inout ByteSpan) throws(ReadError) {
    self = Self(.audio, "flac")
    try packet.skip(5 + 2)
    let later = try UInt16(parsingBigEndian: &packet)
    // Zero means "unknown".
    if later > 0 { headerCount = 1 + Int(later) }
    let signatureOffset = packet.offset
    guard packet.has("fLaC", at: packet.position) else {
      throw ReadError(.implausible, at: signatureOffset)
    }
    // The signature, the block's header, and the smallest block.
    try packet.skip(4 + 4 + 2)
    mostPerPacket = UInt64(try UInt16(parsingBigEndian: &packet))
    try packet.skip(3 + 3)
    let packed = try UInt64(parsingBigEndian: &packet)
    let rate = Int(packed >> 44)
    sampleRate = rate
    granuleRate = rate > 0 ? Double(rate) : nil
    channels = Int(packed >> 41 & 7) + 1
    let samples = packed & 0xf_ffff_ffff
    total = samples > 0 ? samples : nil
  }

  /// The Speex manual, section 5.4 ("Ogg file format").
  private mutating func readSpeex(_ packet: inout ByteSpan) throws(ReadError) {
    self = Self(.audio, "speex")
    try packet.skip(8 + 20 + 4 + 4)
    let rateOffset = packet.offset
    let rate = try Int32(parsingLittleEndian: &packet)
    guard rate > 0 else { throw ReadError(.implausible, at: rateOffset) }
    sampleRate = Int(rate)
    granuleRate = Double(rate)
    try packet.skip(4 + 4)
    let channelsOffset = packet.offset
    let channels = try Int32(parsingLittleEndian: &packet)
    guard 1...2 ~= channels else { throw ReadError(.implausible, at: channelsOffset) }
    self.channels = Int(channels)
    let bitRate = try Int32(parsingLittleEndian: &packet)
    if bitRate > 0 { self.bitRate = Int(bitRate) }
    let frameSize = try UInt32(parsingLittleEndian: &packet)
    try packet.skip(4)
    let framesPerPacket = try UInt32(parsingLittleEndian: &packet)
    mostPerPacket = max(1, UInt64(frameSize) * UInt64(max(1, framesPerPacket)))
    let extraHeaders = try UInt32(parsingLittleEndian: &packet)
    headerCount = extraHeaders < 256 ? 2 + Int(extraHeaders) : nil
  }

  /// Theora, section 6.2.
  private mutating func readTheora(_ packet: inout ByteSpan) throws(ReadError) {
    self = Self(.video, "theora")
    headerCount = 3
    try packet.skip(7)
    let versionOffset = packet.offset
    guard try UInt8(parsing: &packet) == 3 else { throw ReadError(.implausible, at: versionOffset) }
    try packet.skip(2 + 2 + 2)
    width = Int(try UInt32(parsingBigEndian: &packet, byteCount: 3))
    height = Int(try UInt32(parsingBigEndian: &packet, byteCount: 3))
    try packet.skip(2)
    let numerator = try UInt32(parsingBigEndian: &packet)
    let denominator = try UInt32(parsingBigEndian: &packet)
    if numerator > 0, denominator > 0 {
      frameRate = Double(numerator) / Double(denominator)
      granuleRate = frameRate
    }
    // The pixel's shape, the color space and the nominal bit rate.
    try packet.skip(3 + 3 + 1 + 3)
    let packed = try UInt16(parsingBigEndian: &packet)
    granuleShift = UInt64(packed >> 5 & 31)
    chroma = ["4:2:0", nil, "4:2:2", "4:4:4"][Int(packed >> 3 & 3)]
  }

  /// The stream header of OGM, as DirectShow's filters write it.
  private mutating func readOGM(_ packet: inout ByteSpan) throws(ReadError) {
    let isVideo = packet.has("\u{1}video")
    self = Self(isVideo ? .video : .audio)
    headerCount = 2
    try packet.skip(9)
    let subtype = try FourCC(parsing: &packet)
    codec = Self.ogmCodec(subtype, isVideo: isVideo)
    try packet.skip(4)
    let unit = try UInt64(parsingLittleEndian: &packet)
    let samplesPerUnit = try UInt64(parsingLittleEndian: &packet)
    if unit > 0, samplesPerUnit > 0 {
      // Video: the duration of a frame, in units of 100 ns. Audio: the number of samples in that time.
      granuleRate = 10_000_000 / Double(unit) * Double(samplesPerUnit)
    }
    try packet.skip(4 + 4 + 2 + 2)
    if isVideo {
      frameRate = granuleRate
      width = Int(exactly: try UInt32(parsingLittleEndian: &packet))
      height = Int(exactly: try UInt32(parsingLittleEndian: &packet))
    } else {
      sampleRate = granuleRate.flatMap { Int(exactly: $0.rounded()) }
      channels = Int(try UInt16(parsingLittleEndian: &packet))
      try packet.skip(2)
      let bytesPerSecond = try UInt32(parsingLittleEndian: &packet)
      if bytesPerSecond > 0 { bitRate = Int(bytesPerSecond) * 8 }
      mostPerPacket = UInt64(1) << 16
    }
  }

  /// The codec by its code in AVI and WAV.
  private static func ogmCodec(_ subtype: FourCC, isVideo: Bool) -> String {
    if isVideo {
      return switch subtype.description.uppercased() {
      case "XVID", "DIVX", "DX50", "FMP4", "MP4V": "mpeg4"
      case "H264", "X264", "AVC1": "h264"
      default: subtype.description
      }
    }
    return switch subtype.description.uppercased() {
    case "0001": "pcm_s16le"
    case "0050": "mp2"
    case "0055": "mp3"
    case "00FF": "aac"
    case "2000": "ac3"
    default: subtype.description
    }
  }
}
