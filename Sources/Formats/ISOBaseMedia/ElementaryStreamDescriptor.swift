internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The elementary stream descriptor box, `esds` (ISO/IEC 14496-14, 6.7; ISO/IEC 14496-1, 7.2.6).
  struct ElementaryStreamDescriptor: BoxContents {
    /// What is in the stream (ISO/IEC 14496-1, table 5 of 7.2.6.6).
    private(set) var objectType: UInt8 = 0
    private(set) var averageBitRate: UInt32 = 0
    /// The start of the codec's own configuration.
    private(set) var configuration: [UInt8] = []
    private var audio: AudioSpecificConfig?
    /// What keeps a decoder from starting.
    private(set) var fault: Fault?
    /// Where the codec's configuration continues, if it is longer than the limit.
    private(set) var uncheckedOffset: UInt64?

    init(parsing span: inout ByteSpan) throws(ReadError) {
      _ = try FullBoxHeader(parsing: &span)
      guard try has(3, "ES_DescrTag", &span) else { return }
      try span.skip(2)
      let flags = try UInt8(parsing: &span)
      if flags & 0x80 != 0 { try span.skip(2) }
      if flags & 0x40 != 0 { try span.skip(Int(try UInt8(parsing: &span))) }
      if flags & 0x20 != 0 { try span.skip(2) }
      guard try has(4, "DecoderConfigDescrTag", &span) else { return }
      objectType = try UInt8(parsing: &span)
      try span.skip(8)
      averageBitRate = try UInt32(parsingBigEndian: &span)
      // A stream need not have a configuration.
      guard span.remaining > 2 else { return }
      let offset = span.offset
      let tag = try UInt8(parsing: &span)
      let size = try Self.size(&span)
      guard tag == 5 else {
        // 7.2.6.6: levels of profiles, extensions, and what comes after the descriptor.
        if ![6, 0x13, 0x14].contains(tag) {
          fault = .descriptorTag(tag, "DecSpecificInfoTag", 5, at: offset)
        }
        return
      }
      let start = span.offset
      let room = span.remaining
      configuration = try span.array(min(size, room))
      guard codec == "aac" else { return }
      if size > room {
        if span.bytes.byteCount < Limits.ISOBaseMedia.descriptor {
          fault = .descriptorPastBox(size, room: room, at: start)
        } else {
          uncheckedOffset = span.offset
        }
        return
      }
      do throws(SyntaxDefect) {
        audio = try AudioSpecificConfig(configuration)
      } catch {
        fault = .audioConfiguration(error, at: start)
      }
    }

    /// Whether a descriptor of this kind is here. The sizes are not needed; the order of the bytes is enough.
    private mutating func has(
      _ tag: UInt8, _ name: String, _ span: inout ByteSpan
    ) throws(ReadError) -> Bool {
      let offset = span.offset
      let found = try UInt8(parsing: &span)
      _ = try Self.size(&span)
      if found != tag { fault = .descriptorTag(found, name, tag, at: offset) }
      return found == tag
    }

    /// ISO/IEC 14496-1, 8.3.3: seven bits a byte, at most four bytes.
    private static func size(_ span: inout ByteSpan) throws(ReadError) -> Int {
      var size = 0
      for _ in 0..<4 {
        let byte = try UInt8(parsing: &span)
        size = size << 7 | Int(byte & 0x7f)
        if byte & 0x80 == 0 { break }
      }
      return size
    }

    /// How the blocks of the stream begin, if it is AAC.
    var aacBlock: AACBlock? {
      guard let audio, !audio.hasShortFrames else { return nil }
      return AACBlock(
        objectType: audio.objectType, samplingIndex: audio.samplingIndex,
        hasKnownChannels: audio.channelConfiguration != 0)
    }

    var codec: String? {
      switch objectType {
      case 0x20: "mpeg4"
      case 0x21: "h264"
      case 0x23: "hevc"
      case 0x33: "vvc"
      case 0x40, 0x66, 0x67, 0x68: "aac"
      case 0x60...0x65: "mpeg2video"
      case 0x69, 0x6b: "mp3"
      case 0x6a: "mpeg1video"
      case 0x6c: "mjpeg"
      case 0x6d: "png"
      case 0x6e: "jpeg2000"
      case 0xa0: "evrc"
      case 0xa1: "smv"
      case 0xa3: "vc1"
      case 0xa4: "dirac"
      case 0xa5: "ac3"
      case 0xa6: "eac3"
      case 0xa9, 0xaa, 0xab, 0xac: "dts"
      case 0xad: "opus"
      case 0xb1: "vp9"
      case 0xc1: "flac"
      case 0xdd: "vorbis"
      case 0xe1: "qcelp"
      default: nil
      }
    }

    func describe(_ stream: inout VideoStream) {
      if let codec { stream.codec = codec }
      if objectType == 0x20 { MPEG4Visual.describe(&stream, configuration: configuration) }
      // ISO/IEC 13818-2: the object type identifies the profile.
      if (0x60...0x65).contains(objectType) {
        stream.profile =
          ["Simple", "Main", "SNR scalable", "Spatially scalable", "High", "4:2:2"][
            Int(objectType - 0x60)]
      }
    }

    func describe(_ stream: inout AudioStream) {
      if let codec { stream.codec = codec }
      if averageBitRate > 0 { stream.bitRate = Int(averageBitRate) }
      switch objectType {
      case 0x66: stream.profile = "Main"
      case 0x67: stream.profile = "LC"
      case 0x68: stream.profile = "SSR"
      default: break
      }
      if stream.codec == "vorbis" {
        var span = ByteSpan(configuration.span.bytes, at: 0)
        (try? VorbisIdentification(parsing: &span))?.describe(&stream)
      }
      if stream.codec == "aac" { audio?.describe(&stream) }
    }
  }
}
