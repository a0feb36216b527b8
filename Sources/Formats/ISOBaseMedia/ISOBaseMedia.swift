package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let isoBaseMedia = Format(
    "ISO base media", reader: ISOBaseMedia.self, hiding: .media,
    mediaTypes: [
      .init(
        .mpeg4Video, "an MP4 video", .video, extensions: ["mp4", "m4v", "mp4v"], aliases: ["video/x-m4v"],
        isConfirmedByReader: true),
      .init(
        .mpeg4Audio, "MPEG-4 audio", .audio, extensions: ["m4a", "mp4", "m4b", "m4r", "mp4a"],
        aliases: ["audio/x-m4a", "audio/m4a"], isConfirmedByReader: true),
      .init(
        "video/3gpp", "a 3GPP video", .video, extensions: ["3gp", "3gpp"], aliases: ["video/3gp"],
        isConfirmedByReader: true),
      .init(
        .threeGPPAudio, "3GPP audio", .audio, extensions: ["3gp", "3gpp", "3ga"], aliases: ["audio/3gp"]),
      .init("video/3gpp2", "a 3GPP2 video", .video, extensions: ["3g2", "3gp2"]),
      .init("video/quicktime", "a QuickTime video", .video, extensions: ["mov", "qt"]),
      .init("image/heic", "a HEIC image", .image, extensions: ["heic", "heif"]),
      .init("image/heif", "a HEIF image", .image, extensions: ["heif", "heic", "hif"]),
      .init("image/heic-sequence", "a HEIC image sequence", .image, extensions: ["heics", "heic"]),
      .init("image/heif-sequence", "a HEIF image sequence", .image, extensions: ["heifs", "heif"]),
      .init("image/avif", "an AVIF image", .image, extensions: ["avif"], isShownByBrowsers: true),
      .init("image/avif-sequence", "an AVIF image sequence", .image, extensions: ["avifs", "avif"]),
    ])
}

extension MediaType {
  /// MP4 with video.
  package static let mpeg4Video: MediaType = "video/mp4"
  /// 3GPP with audio alone.
  package static let threeGPPAudio: MediaType = "audio/3gpp"
  /// MP4 with audio alone.
  package static let mpeg4Audio: MediaType = "audio/mp4"
}

/// ISO base media files: MP4, QuickTime, 3GPP, and the image formats based on them.
///
/// ISO/IEC 14496-12:2022 (the boxes), 14496-14 and 14496-15 (MPEG-4 and AVC in them), 3GPP TS 26.244, the
/// QuickTime File Format (2016-09-13), ISO/IEC 23008-12 (HEIF). Yields the type to declare, the streams with
/// their codecs, the duration, and where the file is truncated or refers to data past its end.
enum ISOBaseMedia: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard let opening = try Opening(&window) else { return }
    reading.mediaType = opening.family.mediaType(hasVideo: true)
    if let offset = opening.uncheckedBrands {
      let size = Limits.size(Limits.ISOBaseMedia.fileType)
      reading.leaveUnchecked(UncheckedPart("brands after the first \(size)", limit: size, at: offset))
    }
    var file = MediaFile(opening, byteCount: window.byteCount)
    do {
      try file.walk(&window, into: &reading)
    } catch {
      // Parts that weren't checked can't be reported as missing.
      if case .enough = error.reason { throw error }
      file.conclude(into: &reading)
      throw error
    }
    file.conclude(into: &reading)
  }

  static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard let opening = try Opening(&window), !opening.family.isImage else { return }
    // The index was read before, but not kept.
    var file = MediaFile(opening, byteCount: window.byteCount)
    file.unpacksMovie = false
    file.checksSamples = true
    var known = Reading()
    try file.walk(&window, into: &known)
    guard let movie = file.movie, var checks = file.samples else { return }
    var walk = try SampleWalk(movie, for: checks, in: &window)
    try walk.follow(&window, &checks)
    for fault in checks.faults { reading.add(fault) }
    if let part = checks.unchecked { reading.leaveUnchecked(part) }
    if let fault = try file.lostBoxes(&window) { reading.add(fault) }
    if let fault = try BoxTree.fault(in: movie.box, &window) { reading.add(fault) }
  }

  /// How a file must begin to be treated as one of these.
  struct Opening {
    let fileType: FileTypeBox?
    let family: Family
    /// The offset of brands beyond the limit.
    private(set) var uncheckedBrands: UInt64?

    init?(_ window: inout ByteWindow) throws(ReadError) {
      var offset: UInt64 = 0
      // A few boxes without this information may precede the one that has it.
      for _ in 0..<Limits.ISOBaseMedia.openingBoxes {
        var span = try window.available(at: offset, upTo: 12)
        guard span.remaining >= 8 else { return nil }
        try span.skip(4)
        let type = try FourCC(parsing: &span)
        let header = try BoxHeader(at: offset, before: window.byteCount, in: &window)
        switch type {
        case "ftyp":
          guard case .box(let box) = header else { return nil }
          let limit = Limits.ISOBaseMedia.fileType
          if box.payloadCount > limit { uncheckedBrands = box.payload + UInt64(limit) }
          var contents = try box.contents(in: &window, upTo: limit)
          fileType = try? FileTypeBox(parsing: &contents)
          family = fileType?.family ?? .mp4
          if family == .foreign { return nil }
          return
        case "styp", "moof", "sidx", "prft":
          guard case .box = header else { return nil }
          fileType = nil
          family = .mp4
          return
        case "moov", "mdat", "pnot":
          guard case .box = header else { return nil }
          fileType = nil
          family = .quickTime
          return
        case "free", "skip", "wide", "uuid", "pdin", "emsg":
          guard case .box(let box) = header, !box.isCut, !box.extendsToEnd else { return nil }
          offset = box.end
        default:
          return nil
        }
      }
      return nil
    }
  }
}
