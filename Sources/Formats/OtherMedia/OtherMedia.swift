// Audio and video that no endpoint accepts, detected by signature so that a rejection can name the type. Each
// line of the table names the specification by its usual name. Media types are those of libmagic if it knows
// the format, otherwise the most common. Yields only the media type and the container's name.

internal import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let otherMedia = Format(
    "Other audio and video", reader: OtherMedia.self, hiding: .media,
    mediaTypes: [
      .init("video/webm", "a WebM video", .video, extensions: ["webm"]),
      .init(.webMAudio, "WebM audio", .audio, extensions: ["weba", "webm"]),
      .init("video/x-matroska", "a Matroska video", .video, extensions: ["mkv", "mk3d", "mks"]),
      .init("audio/x-matroska", "Matroska audio", .audio, extensions: ["mka"]),
      .init("video/x-msvideo", "an AVI video", .video, extensions: ["avi"]),
      .init("video/mp2t", "an MPEG transport stream", .video, extensions: ["ts", "mts", "m2ts"]),
      .init("video/mpeg", "an MPEG video", .video, extensions: ["mpg", "mpeg", "mpe", "vob", "m1v", "m2v"]),
      .init("video/x-flv", "a Flash video", .video, extensions: ["flv"]),
      .init("application/mxf", "an MXF video", .video, extensions: ["mxf"]),
      .init("application/vnd.rn-realmedia", "a RealMedia video", .video, extensions: ["rm", "rmvb"]),
      .init("video/x-ms-wmv", "a Windows Media video", .video, extensions: ["wmv"]),
      .init("video/x-ms-asf", "a Windows Media stream", .video, extensions: ["asf", "wmv", "wma"]),
      .init("audio/x-ms-wma", "Windows Media audio", .audio, extensions: ["wma"]),
      .init(
        "audio/x-wav", "WAV audio", .audio, extensions: ["wav", "wave"],
        aliases: ["audio/vnd.wave", "audio/wav"]),
      .init("audio/x-aiff", "AIFF audio", .audio, extensions: ["aif", "aiff", "aifc"]),
      .init("audio/flac", "FLAC audio", .audio, extensions: ["flac"]),
      .init("audio/midi", "a MIDI file", .audio, extensions: ["mid", "midi"]),
      .init("audio/x-ape", "Monkey's Audio", .audio, extensions: ["ape"]),
      .init("audio/x-caf", "Core Audio", .audio, extensions: ["caf"]),
    ])
}

enum OtherMedia: FormatReader {
  /// A name for what the bytes are.
  struct Name {
    let mediaType: MediaType
    let container: String

    init(_ mediaType: MediaType, _ container: String) {
      self.mediaType = mediaType
      self.container = container
    }
  }

  private static let signatures = FileSignatures<Name>([
    // Sound.
    .init("fLaC", check: (5, 0...0), Name("audio/flac", "flac")),
    .init("MAC ", check: (5, 0x0b...0x10), Name("audio/x-ape", "ape")),
    .init("wvpk", Name("audio/x-wavpack", "wv")),
    .init("MPCK", Name("audio/x-musepack", "mpc8")),
    .init("MP+", check: (3, 7...7), Name("audio/x-musepack", "mpc")),
    .init("MP+\u{17}", Name("audio/x-musepack", "mpc")),
    .init("TTA1", check: (5, 0...0), Name("audio/x-tta", "tta")),
    .init("TTA2", check: (5, 0...0), Name("audio/x-tta", "tta")),
    .init("OFR ", check: (5, 0...0), Name("audio/x-ofr", "ofr")),
    .init("tBaK", Name("audio/x-tak", "tak")),
    .init("ajkg", Name("audio/x-shorten", "shn")),
    .init("DSD ", check: (4, 28...28), Name("audio/x-dsf", "dsf")),
    .init("FRM8", check: (4, 0...0), Name("audio/x-dff", "dff")),
    .init(".snd", check: (4, 0...0), Name("audio/basic", "au")),
    .init("MThd", check: (4, 0...0), Name("audio/midi", "midi")),
    .init("caff", check: (4, 0...0), Name("audio/x-caf", "caf")),
    .init("Creative Voice File\u{1a}", Name("audio/x-voc", "voc")),
    .init("Extended Module: ", check: (37, 0x1a...0x1a), Name("audio/xm", "xm")),
    .init("IMPM", check: (29, 0...0), Name("audio/it", "it")),
    .init("SCRM", at: 44, check: (28, 0x1a...0x1a), Name("audio/s3m", "s3m")),
    .init([0x2e, 0x72, 0x61, 0xfd], Name("audio/x-pn-realaudio", "ra")),
    .init([0x7f, 0xfe, 0x80, 0x01], Name("audio/vnd.dts", "dts")),
    .init([0xf8, 0x72, 0x6f, 0xba], at: 4, Name("audio/vnd.dolby.mlp", "truehd")),
    .init([0xf8, 0x72, 0x6f, 0xbb], at: 4, Name("audio/vnd.dolby.mlp", "mlp")),
    .init("#!SILK_V3", Name("audio/x-silk", "silk")),
    .init("\u{2}#!SILK_V3", Name("audio/x-silk", "silk")),
    .init("#!iLBC", Name("audio/iLBC", "ilbc")),
    .init("#!EVS_MC1.0\n", Name("audio/EVS", "evs")),
    .init(
      [0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1],
      Name("audio/x-w64", "w64")),
    // Video, and what may be either.
    .init("FLV\u{1}", Name("video/x-flv", "flv")),
    .init(".RMF", check: (4, 0...0), Name("application/vnd.rn-realmedia", "rm")),
    .init("DKIF\0\0", Name("video/x-ivf", "ivf")),
    .init("YUV4MPEG2 ", Name("video/x-yuv4mpeg", "yuv4mpegpipe")),
    .init("nut/multimedia container\0", Name("video/x-nut", "nut")),
    .init(
      [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, 0x02],
      Name("application/mxf", "mxf")),
    .init([0x1f, 0x07, 0x00, 0x3f], Name("video/x-dv", "dv")),
    .init([0x1f, 0x07, 0x00, 0xbf], Name("video/x-dv", "dv")),
  ])

  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    if try Matroska.isHeader(window.available(at: 0, upTo: 4)) {
      return try Matroska.note(&window, into: &reading)
    }
    if let name = try name(&window, at: 0) {
      name.note(in: &reading)
      return
    }
    // Audio of several formats is found after an ID3 tag.
    let leading = try AudioTags.leading(&window)
    guard leading.isThere, leading.end < window.byteCount else { return }
    if let name = try name(&window, at: leading.end) {
      name.note(in: &reading)
    } else if try window.available(at: leading.end, upTo: 8).has("ftyp", at: 4) {
      Name("audio/mp4", "mp4").note(in: &reading)
      reading.add(
        Fault(
          "tag-before-header", clause: "ISO/IEC 14496-12 4.3", at: 0,
          "An ID3 tag precedes the file header, where players don't expect it.",
          expected: "ftyp", actual: "ID3"))
    }
  }

  private static func name(
    _ window: inout ByteWindow, at offset: UInt64
  ) throws(ReadError) -> Name? {
    if let name = named(try window.available(at: offset, upTo: 64)) { return name }
    if let name = try ASF.name(&window, at: offset) { return name }
    guard offset == 0 else { return nil }
    return try MPEGVideo.name(&window)
  }

  private static func named(_ head: borrowing ByteSpan) -> Name? {
    signatures.first(in: head) ?? chunked(head) ?? flash(head) ?? dolby(head)
  }

  /// Formats that share a letter code at the start and differ in one further on.
  private static func chunked(_ head: borrowing ByteSpan) -> Name? {
    if head.has("RIFF") || head.has("RIFX") || head.has("RF64") || head.has("BW64") {
      if head.has("WAVE", at: 8) { return Name("audio/x-wav", "wav") }
      if head.has("AVI ", at: 8) || head.has("AVIX", at: 8) { return Name("video/x-msvideo", "avi") }
      if head.has("RMID", at: 8) { return Name("audio/midi", "midi") }
      if head.has("QLCM", at: 8) { return Name("audio/qcelp", "qcp") }
      if head.has("CDXA", at: 8) { return Name("video/mpeg", "cdxa") }
    }
    if head.has("FORM") {
      if head.has("AIFF", at: 8) { return Name("audio/x-aiff", "aiff") }
      if head.has("AIFC", at: 8) { return Name("audio/x-aiff", "aiff") }
      if head.has("8SVX", at: 8) { return Name("audio/x-8svx", "8svx") }
    }
    return nil
  }

  /// SWF: three letters, a version, and a length below 16 MiB; zlib's header if it is compressed that way.
  private static func flash(_ head: borrowing ByteSpan) -> Name? {
    guard head.has("FWS") || head.has("CWS") && head[8] == 0x78 || head.has("ZWS"),
      let version = head[3], 1...60 ~= version, head[7] == 0
    else { return nil }
    return Name("application/x-shockwave-flash", "swf")
  }

  /// AC-3 and E-AC-3 (ETSI TS 102 366): a sync word of two bytes, and a plausible header.
  private static func dolby(_ head: borrowing ByteSpan) -> Name? {
    guard head.has([0x0b, 0x77]), let rate = head[4], let identification = head[5] else { return nil }
    let version = identification >> 3
    if version <= 10, rate >> 6 != 3, rate & 63 < 38 { return Name("audio/ac3", "ac3") }
    if 11...16 ~= version { return Name("audio/eac3", "eac3") }
    return nil
  }
}

extension OtherMedia.Name {
  func note(in reading: inout Reading) {
    reading.mediaType = mediaType
    reading.facts.container = container
  }
}
