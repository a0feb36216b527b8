// Sound and video that no endpoint takes, told by signature so that a rejection can name it. Each line
// of the table names the specification by its usual name; media types are those of libmagic where it
// knows the format, else the most common.
// Yields: the media type and the container's name, no more.

internal import PreflightBytes

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

  /// A format that begins with the same bytes in every file; where those are letters that could begin a
  /// text, with a byte elsewhere that no text has there.
  private struct Signature {
    let bytes: [UInt8]
    let offset: Int
    let name: Name
    let check: (index: Int, values: ClosedRange<UInt8>)?

    init(
      _ text: String, at offset: Int = 0, check: (Int, ClosedRange<UInt8>)? = nil,
      _ mediaType: MediaType, _ container: String
    ) {
      self.init(Array(text.utf8), at: offset, check: check, mediaType, container)
    }

    init(
      _ bytes: [UInt8], at offset: Int = 0, check: (Int, ClosedRange<UInt8>)? = nil,
      _ mediaType: MediaType, _ container: String
    ) {
      self.bytes = bytes
      self.offset = offset
      self.check = check.map { (index: $0.0, values: $0.1) }
      name = Name(mediaType, container)
    }

    func matches(_ head: borrowing ByteSpan) -> Bool {
      guard head.has(bytes, at: offset) else { return false }
      guard let check else { return true }
      return head[check.index].map { check.values.contains($0) } ?? false
    }
  }

  private static let signatures = [
    // Sound.
    Signature("fLaC", check: (5, 0...0), "audio/flac", "flac"),
    Signature("MAC ", check: (5, 0x0b...0x10), "audio/x-ape", "ape"),
    Signature("wvpk", "audio/x-wavpack", "wv"),
    Signature("MPCK", "audio/x-musepack", "mpc8"),
    Signature("MP+", check: (3, 7...7), "audio/x-musepack", "mpc"),
    Signature("MP+\u{17}", "audio/x-musepack", "mpc"),
    Signature("TTA1", check: (5, 0...0), "audio/x-tta", "tta"),
    Signature("TTA2", check: (5, 0...0), "audio/x-tta", "tta"),
    Signature("OFR ", check: (5, 0...0), "audio/x-ofr", "ofr"),
    Signature("tBaK", "audio/x-tak", "tak"),
    Signature("ajkg", "audio/x-shorten", "shn"),
    Signature("DSD ", check: (4, 28...28), "audio/x-dsf", "dsf"),
    Signature("FRM8", check: (4, 0...0), "audio/x-dff", "dff"),
    Signature(".snd", check: (4, 0...0), "audio/basic", "au"),
    Signature("MThd", check: (4, 0...0), "audio/midi", "midi"),
    Signature("caff", check: (4, 0...0), "audio/x-caf", "caf"),
    Signature("Creative Voice File\u{1a}", "audio/x-voc", "voc"),
    Signature("Extended Module: ", check: (37, 0x1a...0x1a), "audio/xm", "xm"),
    Signature("IMPM", check: (29, 0...0), "audio/it", "it"),
    Signature("SCRM", at: 44, check: (28, 0x1a...0x1a), "audio/s3m", "s3m"),
    Signature([0x2e, 0x72, 0x61, 0xfd], "audio/x-pn-realaudio", "ra"),
    Signature([0x7f, 0xfe, 0x80, 0x01], "audio/vnd.dts", "dts"),
    Signature([0xf8, 0x72, 0x6f, 0xba], at: 4, "audio/vnd.dolby.mlp", "truehd"),
    Signature([0xf8, 0x72, 0x6f, 0xbb], at: 4, "audio/vnd.dolby.mlp", "mlp"),
    Signature("#!SILK_V3", "audio/x-silk", "silk"),
    Signature("\u{2}#!SILK_V3", "audio/x-silk", "silk"),
    Signature("#!iLBC", "audio/iLBC", "ilbc"),
    Signature("#!EVS_MC1.0\n", "audio/EVS", "evs"),
    Signature(
      [0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1],
      "audio/x-w64", "w64"),
    // Video, and what may be either.
    Signature("FLV\u{1}", "video/x-flv", "flv"),
    Signature(".RMF", check: (4, 0...0), "application/vnd.rn-realmedia", "rm"),
    Signature("DKIF\0\0", "video/x-ivf", "ivf"),
    Signature("YUV4MPEG2 ", "video/x-yuv4mpeg", "yuv4mpegpipe"),
    Signature("nut/multimedia container\0", "video/x-nut", "nut"),
    Signature(
      [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, 0x02],
      "application/mxf", "mxf"),
    Signature([0x1f, 0x07, 0x00, 0x3f], "video/x-dv", "dv"),
    Signature([0x1f, 0x07, 0x00, 0xbf], "video/x-dv", "dv"),
  ]

  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    if let name = try name(&window, at: 0) {
      name.note(in: &reading)
      return
    }
    // Sound of several formats is found behind an ID3 tag.
    let leading = try AudioTags.leading(&window)
    guard leading.isThere, leading.end < window.byteCount else { return }
    if let name = try name(&window, at: leading.end) {
      name.note(in: &reading)
    } else if try window.available(at: leading.end, upTo: 8).has("ftyp", at: 4) {
      Name("audio/mp4", "mp4").note(in: &reading)
      reading.add(
        Fault(
          "tag-before-header", clause: "ISO/IEC 14496-12 4.3", at: 0,
          "An ID3 tag stands before the file's header, where players don't look for it.",
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
    for signature in signatures where signature.matches(head) { return signature.name }
    return chunked(head) ?? flash(head) ?? matroska(head) ?? dolby(head)
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

  /// SWF: three letters, a version, and a length below 16 MiB; zlib's header where it is compressed so.
  private static func flash(_ head: borrowing ByteSpan) -> Name? {
    guard head.has("FWS") || head.has("CWS") && head[8] == 0x78 || head.has("ZWS"),
      let version = head[3], 1...60 ~= version, head[7] == 0
    else { return nil }
    return Name("application/x-shockwave-flash", "swf")
  }

  /// Matroska (RFC 9559): EBML (RFC 8794) whose DocType says which of the two.
  private static func matroska(_ head: borrowing ByteSpan) -> Name? {
    guard head.has([0x1a, 0x45, 0xdf, 0xa3]) else { return nil }
    return head.firstIndex(of: "webm") != nil
      ? Name("video/webm", "webm") : Name("video/x-matroska", "matroska")
  }

  /// AC-3 and E-AC-3 (ETSI TS 102 366): a sync word of two bytes, and a header that can be.
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
