internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The Opus box, `dOps` (Encapsulation of Opus in ISO Base Media File Format, 4.3.2).
  struct OpusConfiguration: BoxContents {
    let channels: UInt8

    init(parsing span: inout ByteSpan) throws(ReadError) {
      try span.skip(1)
      channels = try UInt8(parsing: &span)
    }

    func describe(_ stream: inout AudioStream) {
      stream.channels = Int(channels)
      // RFC 7845, 5.1: whatever the rate before encoding was, Opus is decoded at this one.
      stream.sampleRate = 48000
    }
  }

  /// The FLAC box, `dfLa`, with its STREAMINFO block (Encapsulation of FLAC in ISO Base Media File
  /// Format, 3.3.2; RFC 9639, 8.2).
  struct FLACConfiguration: BoxContents {
    let packed: UInt64

    init(parsing span: inout ByteSpan) throws(ReadError) {
      try span.skip(4 + 4 + 10)
      packed = try UInt64(parsingBigEndian: &span)
    }

    func describe(_ stream: inout AudioStream) {
      let rate = Int(packed >> 44)
      if rate > 0 { stream.sampleRate = rate }
      stream.channels = Int(packed >> 41 & 7) + 1
    }
  }

  /// The AC-3 box, `dac3` (ETSI TS 102 366, F.4).
  struct AC3Configuration: BoxContents {
    let packed: UInt32

    init(parsing span: inout ByteSpan) throws(ReadError) {
      packed = try UInt32(parsingBigEndian: &span, byteCount: 3)
    }

    func describe(_ stream: inout AudioStream) {
      let rates = [48000, 44100, 32000]
      let rate = Int(packed >> 22)
      if rate < rates.count { stream.sampleRate = rates[rate] }
      stream.channels = AC3Configuration.channels(mode: packed >> 11 & 7, lowFrequency: packed >> 10 & 1)
    }

    /// ETSI TS 102 366, 4.4.2.3.
    static func channels(mode: UInt32, lowFrequency: UInt32) -> Int {
      [2, 1, 2, 3, 3, 4, 4, 5][Int(mode & 7)] + Int(lowFrequency)
    }
  }

  /// The Enhanced AC-3 box, `dec3` (ETSI TS 102 366, F.6).
  struct EnhancedAC3Configuration: BoxContents {
    let packed: UInt32

    init(parsing span: inout ByteSpan) throws(ReadError) {
      try span.skip(2)
      packed = try UInt32(parsingBigEndian: &span, byteCount: 3)
    }

    func describe(_ stream: inout AudioStream) {
      let rates = [48000, 44100, 32000]
      let rate = Int(packed >> 22)
      if rate < rates.count { stream.sampleRate = rates[rate] }
      stream.channels = AC3Configuration.channels(mode: packed >> 9 & 7, lowFrequency: packed >> 8 & 1)
    }
  }

  /// Apple Lossless's own configuration (ALACMagicCookieDescription, "ALACSpecificConfig").
  struct ALACConfiguration: BoxContents {
    let channels: UInt8
    let sampleRate: UInt32

    init(parsing span: inout ByteSpan) throws(ReadError) {
      try span.skip(4 + 9)
      channels = try UInt8(parsing: &span)
      // Its bit rate is that of the audio before packing.
      try span.skip(6 + 4)
      sampleRate = try UInt32(parsingBigEndian: &span)
    }

    func describe(_ stream: inout AudioStream) {
      if channels > 0 { stream.channels = Int(channels) }
      if sampleRate > 0 { stream.sampleRate = Int(sampleRate) }
    }
  }

  /// The format of uncompressed audio, `pcmC` (ISO/IEC 23003-5, 5.1).
  struct PCMConfiguration: BoxContents {
    let isLittleEndian: Bool
    let bits: UInt8

    init(parsing span: inout ByteSpan) throws(ReadError) {
      _ = try FullBoxHeader(parsing: &span)
      isLittleEndian = try UInt8(parsing: &span) & 1 == 1
      bits = try UInt8(parsing: &span)
    }
  }

  /// The identification header of a Vorbis stream (Vorbis I, 4.2.2), laced together with two others.
  struct VorbisIdentification: BoxContents {
    let channels: UInt8
    let sampleRate: UInt32

    init(parsing span: inout ByteSpan) throws(ReadError) {
      guard let start = span.firstIndex(of: "\u{1}vorbis") else {
        throw ReadError(.implausible, at: span.offset)
      }
      try span.skip(start + 11)
      channels = try UInt8(parsing: &span)
      sampleRate = try UInt32(parsingLittleEndian: &span)
    }

    func describe(_ stream: inout AudioStream) {
      stream.channels = Int(channels)
      stream.sampleRate = Int(sampleRate)
    }
  }

  /// The header of an MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3), which is right where the boxes around it
  /// are often wrong.
  struct MPEGAudioFrame {
    let layer: UInt32
    let sampleRate: Int
    let channels: Int

    init?(_ header: UInt32) {
      let version = header >> 19 & 3
      let rate = Int(header >> 10 & 3)
      layer = 4 - (header >> 17 & 3)
      guard header >> 21 == 0x7ff, version != 1, layer != 4, rate != 3 else { return nil }
      sampleRate = [44100, 48000, 32000][rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2)
      channels = header >> 6 & 3 == 3 ? 1 : 2
    }

    func describe(_ stream: inout AudioStream) {
      stream.codec = "mp\(layer)"
      stream.sampleRate = sampleRate
      stream.channels = channels
    }
  }
}
