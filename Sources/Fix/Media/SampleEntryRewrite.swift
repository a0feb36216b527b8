internal import PreflightBytes
internal import PreflightFormats

/// Makes of a sample description, ISO's or QuickTime's, one that ISO base media files want (ISO/IEC 14496-12, 8.5.2;
/// QuickTime File Format, Sound sample descriptions, versions 0, 1 and 2).
enum SampleEntryRewrite {
  static func read(_ entry: MemoryBox, into track: inout MediaTrack) throws(RewriteError) {
    if track.isVideo { try readVideo(entry, into: &track) } else { try readAudio(entry, into: &track) }
  }

  // MARK: Video

  private static func readVideo(_ entry: MemoryBox, into track: inout MediaTrack) throws(RewriteError) {
    guard entry.type == "avc1" || entry.type == "avc3" else {
      track.codec = .other(entry.type.description)
      return
    }
    let fields = 78
    let boxes = try entry.children(skipping: fields)
    guard let configuration = boxes.first(where: { $0.type == "avcC" }) else { throw .inconsistent }
    track.codec = .h264
    track.setup = Array(configuration.body)
    var writer = BoxWriter()
    try writer.box(entry.type) { writer throws(RewriteError) in
      // Reserved bytes and the number of the data reference, of which the new file has one.
      writer.zeros(6)
      writer.u16(1)
      // QuickTime's version, vendor and qualities mean nothing here.
      writer.zeros(16)
      writer.raw(entry.body.dropFirst(24).prefix(fields - 24))
      writer.raw(configuration.whole)
      for box in boxes {
        switch box.type {
        case "pasp", "clap", "btrt", "mdcv", "clli": writer.raw(box.whole)
        case "colr": try writeColor(box, &writer)
        default: break
        }
      }
    }
    track.entry = writer.bytes
  }

  /// `colr` (12.1.5): QuickTime's kind says the same but for the range, which is then the usual one.
  private static func writeColor(_ box: MemoryBox, _ writer: inout BoxWriter) throws(RewriteError) {
    var reader = BoxReader(box.body)
    let kind = FourCC(rawValue: try reader.u32())
    guard kind == "nclc" else { return writer.raw(box.whole) }
    let values = try reader.take(6)
    try writer.box("colr") { writer in
      writer.raw(FourCC("nclx").bytes)
      writer.raw(values)
      writer.u8(0)
    }
  }

  // MARK: Audio

  private static func readAudio(_ entry: MemoryBox, into track: inout MediaTrack) throws(RewriteError) {
    var reader = BoxReader(entry.body)
    try reader.skip(8)
    let version = try reader.u16()
    try reader.skip(6)
    var channels = try reader.u16()
    try reader.skip(6)
    let rate = try reader.u32()
    let fields = version == 1 ? 44 : version == 2 ? 64 : 28
    // In an ISO file, a version other than 0 may mean something else, and the boxes follow at once.
    let boxes = ((try? entry.children(skipping: fields)) ?? []) + ((try? entry.children(skipping: 28)) ?? [])
    func box(_ type: FourCC) -> MemoryBox? {
      boxes.first { $0.type == type }
        ?? boxes.first { $0.type == "wave" }.flatMap { wave in try? wave.child(type) }
    }
    switch entry.type {
    case "mp4a", ".mp3":
      guard let descriptor = box("esds") else {
        track.codec = entry.type == ".mp3" ? .mp3 : .other("mp4a")
        return
      }
      let (objectType, setup) = try decoderSetup(descriptor)
      switch objectType {
      case 0x40, 0x66, 0x67, 0x68:
        track.codec = .aac
        track.setup = setup
        if let aac = AudioSetup(setup), let own = UInt16(exactly: aac.channels), own > 0 { channels = own }
        track.entry = try mp4a(
          channels: max(1, channels), rate: version == 2 ? UInt32(fixedPoint: track.timescale) : rate,
          descriptor: descriptor.whole)
      case 0x69, 0x6b: track.codec = .mp3
      default: track.codec = .other("mp4a.\(objectType)")
      }
    case "Opus":
      guard let setup = box("dOps") else { throw .inconsistent }
      track.codec = .opus
      track.setup = try opusHead(setup)
    case "samr": track.codec = .amrNarrowBand
    default: track.codec = .other(entry.type.description)
    }
  }

  /// An entry for AAC (ISO/IEC 14496-14, 6.7.1).
  ///
  /// - Parameter rate: 16.16.
  static func mp4a(channels: UInt16, rate: UInt32, descriptor: some Sequence<UInt8>) throws(RewriteError)
    -> [UInt8]
  {
    var writer = BoxWriter()
    try writer.box("mp4a") { writer in
      writer.zeros(6)
      writer.u16(1)
      writer.zeros(8)
      writer.u16(channels)
      writer.u16(16)
      writer.zeros(4)
      writer.u32(rate)
      writer.raw(descriptor)
    }
    return writer.bytes
  }

  /// A descriptor (ISO/IEC 14496-1, 7.2.6.5) around an AudioSpecificConfig.
  static func esds(_ setup: [UInt8]) throws(RewriteError) -> [UInt8] {
    guard setup.count < 64 else { throw .inconsistent }
    let count = UInt8(setup.count)
    var writer = BoxWriter()
    try writer.fullBox("esds") { writer in
      writer.raw([3, 3 + 2 + 13 + 2 + count + 3, 0, 0, 0])
      // AAC, an audio stream; no buffer size and bit rates are known.
      writer.raw([4, 13 + 2 + count, 0x40, 0x15])
      writer.zeros(11)
      writer.raw([5, count])
      writer.raw(setup)
      writer.raw([6, 1, 2])
    }
    return writer.bytes
  }

  /// What is decoded (ISO/IEC 14496-1, table 5), and the decoder's setup.
  private static func decoderSetup(_ box: MemoryBox) throws(RewriteError) -> (UInt8, [UInt8]) {
    var reader = BoxReader(box.body)
    try reader.skip(4)
    guard try reader.u8() == 3 else { throw .inconsistent }
    _ = try descriptorSize(&reader)
    try reader.skip(2)
    let flags = try reader.u8()
    if flags & 0x80 != 0 { try reader.skip(2) }
    if flags & 0x40 != 0 { try reader.skip(Int(try reader.u8())) }
    if flags & 0x20 != 0 { try reader.skip(2) }
    guard try reader.u8() == 4 else { throw .inconsistent }
    _ = try descriptorSize(&reader)
    let objectType = try reader.u8()
    try reader.skip(12)
    guard reader.remaining > 2, try reader.u8() == 5 else { return (objectType, []) }
    let size = try descriptorSize(&reader)
    return (objectType, Array(try reader.take(size)))
  }

  private static func descriptorSize(_ reader: inout BoxReader) throws(RewriteError) -> Int {
    var size = 0
    for _ in 0..<4 {
      let byte = try reader.u8()
      size = size << 7 | Int(byte & 0x7f)
      if byte & 0x80 == 0 { break }
    }
    return size
  }

  /// The header of Opus (RFC 7845, 5.1) from the box in ISO files (Opus in ISOBMFF, 4.3.2), where numbers have the
  /// other byte order.
  private static func opusHead(_ box: MemoryBox) throws(RewriteError) -> [UInt8] {
    var reader = BoxReader(box.body)
    try reader.skip(1)
    let channels = try reader.u8()
    let preSkip = Array(try reader.take(2)).reversed()
    let rate = Array(try reader.take(4)).reversed()
    let gain = Array(try reader.take(2)).reversed()
    return Array("OpusHead".utf8) + [1, channels] + preSkip + rate + gain
      + Array(try reader.take(reader.remaining))
  }
}

/// The setup of AAC (ISO/IEC 14496-3, 1.6.2.1), as far as another container needs it.
struct AudioSetup {
  let objectType: UInt8
  /// Where the sampling rate is in the list of ADTS (1.6.3.4, table 1.18); nil if it is written out.
  let rateIndex: UInt8?
  let sampleRate: UInt32
  /// The channel configuration, up to 7.
  let channelConfiguration: UInt8
  /// The samples of a packet.
  let frameLength: UInt32

  /// The number of channels; 0 if only the stream itself says.
  var channels: Int { channelConfiguration == 7 ? 8 : Int(channelConfiguration) }

  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return nil }
    var bits = AudioBits(bytes)
    var type = bits.next(5)
    if type == 31 { type = 32 + bits.next(6) }
    guard let objectType = UInt8(exactly: type) else { return nil }
    self.objectType = objectType
    let index = Int(bits.next(4))
    if index == 15 {
      rateIndex = nil
      sampleRate = UInt32(bits.next(24))
    } else {
      guard index < AACSamplingRates.all.count else { return nil }
      rateIndex = UInt8(index)
      sampleRate = AACSamplingRates.all[index]
    }
    channelConfiguration = UInt8(bits.next(4))
    // The explicit form of HE-AAC: the rate above is that of the packets.
    if objectType == 5 || objectType == 29 {
      if bits.next(4) == 15 { _ = bits.next(24) }
      _ = bits.next(5)
    }
    frameLength = bits.next(1) == 1 ? 960 : 1024
    guard sampleRate > 0 else { return nil }
  }
}
