internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The start of every sample entry (ISO/IEC 14496-12, 8.5.2.2), and its protection (8.12).
  struct SampleEntry {
    /// The codec's code; for protected samples, the code of the original format.
    var format: FourCC
    var isEncrypted = false
    /// The index, from 1, of the data reference that locates the media data.
    var dataReference: UInt16 = 1
    var video: VideoStream?
    /// What an AVC decoder gets before the first sample.
    var avc: AVCConfiguration?
    /// Whether the codec's own headers allow pictures out of display order.
    var mayReorder: Bool? { avc?.mayReorder }
    /// The size of the length before each NAL unit of an HEVC sample.
    var hevcLengthSize: Int?
    var audio: AudioStream?
    /// How the samples begin, if they are AAC.
    var aacBlock: AACBlock?
    /// Whether the stream consists of MPEG audio frames, which identify themselves.
    var isMPEGAudio: Bool { ["mp1", "mp2", "mp3"].contains(audio?.codec) }

    init(_ box: Box) { format = box.type }
  }

  /// The fields of a video sample entry (ISO/IEC 14496-12, 12.1.3).
  fileprivate struct VisualFields: BoxContents {
    let dataReference: UInt16
    let width: UInt16
    let height: UInt16

    /// How many bytes precede the codec's boxes.
    static let byteCount: UInt64 = 78

    init(parsing span: inout ByteSpan) throws(ReadError) {
      try span.skip(6)
      dataReference = try UInt16(parsingBigEndian: &span)
      try span.skip(16)
      width = try UInt16(parsingBigEndian: &span)
      height = try UInt16(parsingBigEndian: &span)
      try span.skip(50)
    }
  }
}

extension ISOBaseMedia.SampleEntry {
  /// Reads a sample entry of pictures.
  mutating func readVisual(
    _ entry: ISOBaseMedia.Box, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    guard let fields = try entry.value(ISOBaseMedia.VisualFields.self, in: &window, into: &reading)
    else { return }
    dataReference = fields.dataReference
    var stream = VideoStream(codec: "")
    if fields.width > 0, fields.height > 0 {
      stream.width = Int(fields.width)
      stream.height = Int(fields.height)
    }
    // In QuickTime, the rest depends on the codec, so only the boxes that decoders need are checked.
    var children = ISOBaseMedia.Children(
      of: entry, skipping: ISOBaseMedia.VisualFields.byteCount, reportsFaults: false)
    var configured: String?
    var hasAVC = false
    while let box = try children.next(in: &window, into: &reading) {
      switch box.type {
      case "avcC":
        hasAVC = true
        guard fits(box, in: entry, &reading),
          let avc = try box.value(
            ISOBaseMedia.AVCConfiguration.self, upTo: Limits.ISOBaseMedia.parameterSets, in: &window,
            into: &reading)
        else { continue }
        if box.payloadCount > Limits.ISOBaseMedia.parameterSets {
          let size = Limits.size(Limits.ISOBaseMedia.parameterSets)
          reading.leaveUnchecked(
            UncheckedPart(
              "parameter sets after the first \(size)", limit: size,
              at: box.payload + UInt64(Limits.ISOBaseMedia.parameterSets)))
        }
        avc.describe(&stream)
        self.avc = avc
      case "hvcC":
        guard fits(box, in: entry, &reading) else { continue }
        let hevc = try box.value(ISOBaseMedia.HEVCConfiguration.self, in: &window, into: &reading)
        hevc?.describe(&stream)
        hevcLengthSize = hevc?.lengthSize
      case "av1C":
        guard fits(box, in: entry, &reading) else { continue }
        try box.parsed(ISOBaseMedia.AV1Configuration.self, in: &window)?.describe(&stream)
      case "vpcC":
        guard fits(box, in: entry, &reading) else { continue }
        try box.parsed(ISOBaseMedia.VPConfiguration.self, in: &window)?.describe(&stream)
      case "d263":
        try box.parsed(ISOBaseMedia.H263Configuration.self, in: &window)?.describe(&stream)
      case "esds":
        guard fits(box, in: entry, &reading) else { continue }
        try box.parsed(
          ISOBaseMedia.ElementaryStreamDescriptor.self, upTo: Limits.ISOBaseMedia.descriptor, in: &window)?
          .describe(&stream)
        configured = stream.codec.isEmpty ? nil : stream.codec
      case "sinf":
        try readProtection(box, in: &window, into: &reading)
      default:
        break
      }
    }
    isEncrypted = isEncrypted || entry.type == "encv" || entry.type == "drmi"
    stream.codec = configured ?? ISOBaseMedia.videoCodec(format) ?? format.description
    if stream.codec == "prores" { ISOBaseMedia.describeProRes(&stream, format: format) }
    if stream.codec == "h264", let fault = avc?.fault { reading.add(fault) }
    // Other codes are for streams that contain their parameter sets.
    if !hasAVC, !entry.isCut, ["avc1", "avc2", "avc3", "avc4"].contains(format) {
      reading.add(.missingBox("avcC", in: entry))
    }
    video = stream
  }

  /// The scheme information box (ISO/IEC 14496-12, 8.12.1): the format before protection.
  mutating func readProtection(
    _ box: ISOBaseMedia.Box, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    var children = ISOBaseMedia.Children(of: box, reportsFaults: false)
    while let child = try children.next(in: &window, into: &reading) {
      guard child.type == "frma", child.payloadCount >= 4 else { continue }
      format = FourCC(rawValue: try window.bigEndian(UInt32.self, at: child.payload))
      isEncrypted = true
    }
  }

  /// Whether a box that the decoder needs is completely in its sample entry; a fault if it isn't.
  func fits(
    _ box: ISOBaseMedia.Box, in entry: ISOBaseMedia.Box, _ reading: inout Reading
  ) -> Bool {
    guard box.isCut else { return true }
    if !entry.isCut { reading.add(.boxPastParent(box, parent: entry)) }
    return false
  }
}
