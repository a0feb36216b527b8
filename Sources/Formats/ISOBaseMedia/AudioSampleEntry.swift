internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The fields of an audio sample entry (ISO/IEC 14496-12, 12.2.3; QuickTime File Format, Sound sample
  /// descriptions, versions 0, 1 and 2).
  struct AudioFields: BoxContents {
    let dataReference: UInt16
    let version: UInt16
    let channels: Int
    let bits: Int
    let sampleRate: Int
    /// The sample format in version 2 (`formatSpecificFlags`).
    let flags: UInt32?
    /// How many bytes precede the codec's boxes, if the entry is QuickTime's.
    let byteCount: UInt64

    init(parsing span: inout ByteSpan) throws(ReadError) {
      try span.skip(6)
      dataReference = try UInt16(parsingBigEndian: &span)
      version = try UInt16(parsingBigEndian: &span)
      try span.skip(6)
      let channels = Int(try UInt16(parsingBigEndian: &span))
      let bits = Int(try UInt16(parsingBigEndian: &span))
      try span.skip(4)
      let rate = try UInt32(parsingBigEndian: &span)
      // A fixed-point number, except where it would not fit (MLP in ISO base media files, 3.3.2).
      let sampleRate = Int(rate > 0xffff ? rate >> 16 : rate)
      guard version == 2, span.remaining >= 36 else {
        self.channels = channels
        self.bits = bits
        self.sampleRate = sampleRate
        flags = nil
        byteCount = version == 1 ? 44 : 28
        return
      }
      try span.skip(4)
      let exact = Double(bitPattern: try UInt64(parsingBigEndian: &span))
      self.sampleRate = exact.isFinite && exact >= 0 && exact < 1e9 ? Int(exact.rounded()) : 0
      self.channels = Int(try UInt32(parsingBigEndian: &span))
      try span.skip(4)
      self.bits = Int(try UInt32(parsingBigEndian: &span))
      flags = try UInt32(parsingBigEndian: &span)
      byteCount = 64
    }
  }

  /// The boxes of the codec after a sample entry's fields. QuickTime puts some of them in a `wave` box.
  fileprivate struct AudioExtensions {
    var isLittleEndian = false
    var descriptor: ElementaryStreamDescriptor?
    var lossless: ALACConfiguration?
    var opus: OpusConfiguration?
    var flac: FLACConfiguration?
    var ac3: AC3Configuration?
    var enhancedAC3: EnhancedAC3Configuration?
    var pcm: PCMConfiguration?
    var protection: Box?
    var bitRate: UInt32 = 0
  }
}

extension ISOBaseMedia.SampleEntry {
  /// Reads a sample entry of audio.
  ///
  /// - Parameter isQuickTime: Whether the version field is QuickTime's; in the newer kind of `stsd` it means
  ///   something else.
  mutating func readAudio(
    _ entry: ISOBaseMedia.Box, isQuickTime: Bool, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    guard let fields = try entry.value(ISOBaseMedia.AudioFields.self, in: &window, into: &reading) else {
      return
    }
    dataReference = fields.dataReference
    var found = ISOBaseMedia.AudioExtensions()
    try read(
      ISOBaseMedia.Children(
        of: entry, skipping: isQuickTime ? fields.byteCount : 28, reportsFaults: false),
      of: entry, into: &found, in: &window, &reading)
    if found.descriptor == nil, entry.type == "mp4a" || entry.type == "enca" {
      try findDescriptor(in: entry, into: &found, &window, &reading)
    }
    if let box = found.protection { try readProtection(box, in: &window, into: &reading) }
    isEncrypted = isEncrypted || entry.type == "enca" || entry.type == "drms"

    var stream = AudioStream(codec: "")
    if fields.channels > 0 { stream.channels = fields.channels }
    if fields.sampleRate > 0 { stream.sampleRate = fields.sampleRate }
    stream.codec =
      ISOBaseMedia.audioCodec(format) ?? pcmCodec(fields, found) ?? format.description
    if found.bitRate > 0 { stream.bitRate = Int(found.bitRate) }
    switch stream.codec {
    case "amr_nb", "amr_wb":
      // 3GPP TS 26.244, 6.5: the fields of the entry say nothing here.
      stream.channels = 1
      stream.sampleRate = stream.codec == "amr_nb" ? 8000 : 16000
    default:
      break
    }
    found.lossless?.describe(&stream)
    found.opus?.describe(&stream)
    found.flac?.describe(&stream)
    found.ac3?.describe(&stream)
    found.enhancedAC3?.describe(&stream)
    if format == "mp4a" || found.descriptor?.codec != nil {
      found.descriptor?.describe(&stream)
      if stream.codec == "aac" { aacBlock = found.descriptor?.aacBlock }
      if stream.codec == "aac", let fault = found.descriptor?.fault { reading.add(fault) }
      if let offset = found.descriptor?.uncheckedOffset {
        let size = Limits.size(Limits.ISOBaseMedia.descriptor)
        reading.leaveUnchecked(UncheckedPart("the configuration of AAC", limit: size, at: offset))
      }
    }
    audio = stream
    if !isEncrypted, Self.needsChannels(stream.codec), stream.channels ?? 0 == 0, !entry.isCut {
      reading.add(.noChannels(entry))
    }
  }

  /// Whether decoders take the channels from the boxes.
  private static func needsChannels(_ codec: String) -> Bool {
    ["aac", "alac", "opus", "flac"].contains(codec) || codec.hasPrefix("pcm_")
  }

  private func read(
    _ boxes: ISOBaseMedia.Children, of parent: ISOBaseMedia.Box,
    into found: inout ISOBaseMedia.AudioExtensions, isInWave: Bool = false,
    in window: inout ByteWindow, _ reading: inout Reading
  ) throws(ReadError) {
    var boxes = boxes
    while let box = try boxes.next(in: &window, into: &reading) {
      switch box.type {
      case "esds":
        guard fits(box, in: parent, &reading) else { continue }
        found.descriptor = try box.value(
          ISOBaseMedia.ElementaryStreamDescriptor.self, upTo: Limits.ISOBaseMedia.descriptor, in: &window,
          into: &reading)
      case "wave" where !isInWave:
        try read(
          ISOBaseMedia.Children(of: box, reportsFaults: false), of: box, into: &found, isInWave: true,
          in: &window, &reading)
      case "enda":
        guard box.payloadCount >= 2 else { continue }
        found.isLittleEndian = try window.bigEndian(UInt16.self, at: box.payload) & 0xff == 1
      case "alac":
        // In a `wave` box an old file may have only the code.
        guard box.payloadCount >= 28 else { continue }
        found.lossless = try box.parsed(ISOBaseMedia.ALACConfiguration.self, in: &window)
      case "dOps":
        found.opus = try box.parsed(ISOBaseMedia.OpusConfiguration.self, in: &window)
      case "dfLa":
        found.flac = try box.parsed(ISOBaseMedia.FLACConfiguration.self, in: &window)
      case "dac3":
        found.ac3 = try box.parsed(ISOBaseMedia.AC3Configuration.self, in: &window)
      case "dec3":
        found.enhancedAC3 = try box.parsed(
          ISOBaseMedia.EnhancedAC3Configuration.self, in: &window)
      case "pcmC":
        found.pcm = try box.parsed(ISOBaseMedia.PCMConfiguration.self, in: &window)
      case "btrt":
        guard box.payloadCount >= 12 else { continue }
        found.bitRate = try window.bigEndian(UInt32.self, at: box.payload + 8)
      case "sinf":
        found.protection = box
      default:
        break
      }
    }
  }

  /// Searches for the descriptor by its name: some writers declare a version whose fields they don't write.
  private func findDescriptor(
    in entry: ISOBaseMedia.Box, into found: inout ISOBaseMedia.AudioExtensions,
    _ window: inout ByteWindow, _ reading: inout Reading
  ) throws(ReadError) {
    guard
      let index = try entry.contents(in: &window, upTo: Limits.ISOBaseMedia.descriptorSearch).firstIndex(
        of: "esds", from: 24)
    else {
      return
    }
    guard
      case .box(let box) = try ISOBaseMedia.BoxHeader(
        at: entry.payload + UInt64(index) - 4, before: entry.end, in: &window), !box.isCut
    else { return }
    found.descriptor = try box.parsed(
      ISOBaseMedia.ElementaryStreamDescriptor.self, upTo: Limits.ISOBaseMedia.descriptor, in: &window)
  }

  /// ffmpeg's name for uncompressed audio, which depends on its width and byte order.
  private func pcmCodec(
    _ fields: ISOBaseMedia.AudioFields, _ found: ISOBaseMedia.AudioExtensions
  ) -> String? {
    func name(_ kind: String, _ bits: Int, isLittleEndian: Bool) -> String? {
      let widths = kind == "f" ? [32, 64] : [8, 16, 24, 32]
      guard widths.contains(bits) else { return nil }
      return bits == 8 ? "pcm_\(kind)8" : "pcm_\(kind)\(bits)\(isLittleEndian ? "le" : "be")"
    }
    switch format {
    case "sowt": return name("s", fields.bits, isLittleEndian: true)
    case "twos": return name("s", fields.bits, isLittleEndian: false)
    case "raw ", "NONE":
      // Eight bits are unsigned here; more bits, which are rare, are signed.
      return fields.bits <= 8 ? "pcm_u8" : name("s", fields.bits, isLittleEndian: false)
    case "in24": return name("s", 24, isLittleEndian: found.isLittleEndian)
    case "in32": return name("s", 32, isLittleEndian: found.isLittleEndian)
    case "fl32": return name("f", 32, isLittleEndian: found.isLittleEndian)
    case "fl64": return name("f", 64, isLittleEndian: found.isLittleEndian)
    case "lpcm":
      guard let flags = fields.flags else { return name("s", fields.bits, isLittleEndian: false) }
      let kind = flags & 1 != 0 ? "f" : flags & 4 != 0 ? "s" : "u"
      return name(kind, fields.bits, isLittleEndian: flags & 2 == 0)
    case "ipcm", "fpcm":
      guard let pcm = found.pcm else { return nil }
      return name(format == "ipcm" ? "s" : "f", Int(pcm.bits), isLittleEndian: pcm.isLittleEndian)
    default:
      return nil
    }
  }
}
