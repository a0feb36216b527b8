internal import PreflightBytes

extension ISOBaseMedia {
  /// The AVC configuration box, `avcC` (ISO/IEC 14496-15, 5.3.3.1).
  struct AVCConfiguration: BoxContents {
    let profile: UInt8
    let constraints: UInt8
    let level: UInt8
    /// How many bytes stand before each NAL unit of a sample and say how long it is.
    let lengthSize: Int
    let sequence: SequenceParameterSet?

    init(parsing span: inout ByteSpan) throws(ReadError) {
      _ = try UInt8(parsing: &span)
      profile = try UInt8(parsing: &span)
      constraints = try UInt8(parsing: &span)
      level = try UInt8(parsing: &span)
      lengthSize = Int(try UInt8(parsing: &span) & 3) + 1
      let sets = try UInt8(parsing: &span) & 31
      guard sets > 0 else {
        sequence = nil
        return
      }
      let length = try UInt16(parsingBigEndian: &span)
      let unit = try span.array(min(Int(length), span.remaining))
      // A set that can't be read leaves what the box itself says.
      sequence = try? SequenceParameterSet(unit: unit)
    }

    func describe(_ stream: inout VideoStream) {
      let profile = sequence?.profile ?? self.profile
      let constraints = sequence?.constraints ?? self.constraints
      stream.profile = H264Profile.name(profile, constraints: constraints)
      stream.level = H264Profile.level(
        sequence?.level ?? level, profile: profile, constraints: constraints)
      guard let sequence else { return }
      stream.width = sequence.width
      stream.height = sequence.height
      stream.bitDepth = sequence.bitDepth
      stream.chroma = sequence.chroma
    }

    /// Whether the profile or the sequence says that pictures may be shown out of the order of the file;
    /// nil where neither says.
    var mayReorder: Bool? {
      if profile == 66 { return false }
      return sequence?.mayReorder
    }
  }

  /// ITU-T H.264, annex A.
  enum H264Profile {
    static func name(_ profile: UInt8, constraints: UInt8) -> String? {
      let isIntra = constraints & 0x10 != 0
      return switch profile {
      case 44: "CAVLC 4:4:4"
      case 66: constraints & 0x40 != 0 ? "Constrained Baseline" : "Baseline"
      case 77: "Main"
      case 83: "Scalable Baseline"
      case 86: "Scalable High"
      case 88: "Extended"
      case 100: "High"
      case 110: isIntra ? "High 10 Intra" : "High 10"
      case 118: "Multiview High"
      case 122: isIntra ? "High 4:2:2 Intra" : "High 4:2:2"
      case 128: "Stereo High"
      case 144: "High 4:4:4"
      case 244: isIntra ? "High 4:4:4 Intra" : "High 4:4:4 Predictive"
      default: nil
      }
    }

    /// A.3.1: level 1b is told by a flag in the older profiles, by the number 9 in the newer.
    static func level(_ level: UInt8, profile: UInt8, constraints: UInt8) -> String {
      if level == 9 { return "1b" }
      if level == 11, constraints & 0x10 != 0, [66, 77, 88].contains(profile) { return "1b" }
      return ISOBaseMedia.level(tens: Int(level))
    }
  }

  /// A level that is kept as ten times its number.
  static func level(tens: Int) -> String {
    tens % 10 == 0 ? "\(tens / 10)" : "\(tens / 10).\(tens % 10)"
  }

  /// The sequence parameter set (ITU-T H.264, 7.3.2.1.1).
  struct SequenceParameterSet {
    let profile: UInt8
    let constraints: UInt8
    let level: UInt8
    private(set) var chroma = "4:2:0"
    private(set) var bitDepth = 8
    private(set) var width = 0
    private(set) var height = 0
    private(set) var mayReorder: Bool?

    init(unit: [UInt8]) throws(ReadError) {
      var bits = BitReader(rawByteSequenceOf: unit)
      guard try bits.bits(8) & 31 == 7 else { throw ReadError(.implausible, at: 0) }
      profile = UInt8(try bits.bits(8))
      constraints = UInt8(try bits.bits(8))
      level = UInt8(try bits.bits(8))
      _ = try bits.unsignedExpGolomb()
      var chromaFormat: UInt32 = 1
      var hasSeparatePlanes = false
      if [44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 144, 244].contains(profile) {
        chromaFormat = try bits.unsignedExpGolomb()
        guard chromaFormat <= 3 else { throw ReadError(.implausible, at: 0) }
        if chromaFormat == 3 { hasSeparatePlanes = try bits.flag() }
        bitDepth = 8 + Int(try bits.unsignedExpGolomb())
        guard bitDepth <= 14 else { throw ReadError(.implausible, at: 0) }
        _ = try bits.unsignedExpGolomb()
        try bits.skip(1)
        if try bits.flag() { try Self.skipScalingLists(chromaFormat == 3 ? 12 : 8, &bits) }
      }
      chroma = ["4:0:0", "4:2:0", "4:2:2", "4:4:4"][Int(chromaFormat)]
      _ = try bits.unsignedExpGolomb()
      let orderType = try bits.unsignedExpGolomb()
      try Self.skipPictureOrder(orderType, &bits)
      // Type 2 is for streams in which the order of output is the order of decoding (8.2.1.3).
      if orderType == 2 || profile == 66 { mayReorder = false }
      _ = try bits.unsignedExpGolomb()
      try bits.skip(1)
      let widthInMacroblocks = UInt64(try bits.unsignedExpGolomb()) + 1
      let heightInMapUnits = UInt64(try bits.unsignedExpGolomb()) + 1
      let isFrameOnly = try bits.flag()
      if !isFrameOnly { try bits.skip(1) }
      try bits.skip(1)
      var crop: [UInt64] = [0, 0, 0, 0]
      if try bits.flag() {
        for i in 0..<4 { crop[i] = UInt64(try bits.unsignedExpGolomb()) }
      }
      let unitX: UInt64 = !hasSeparatePlanes && (chromaFormat == 1 || chromaFormat == 2) ? 2 : 1
      let fields: UInt64 = isFrameOnly ? 1 : 2
      let unitY = (!hasSeparatePlanes && chromaFormat == 1 ? 2 : 1) * fields
      let fullWidth = widthInMacroblocks * 16
      let fullHeight = heightInMapUnits * 16 * fields
      let cropX = (crop[0] + crop[1]) * unitX
      let cropY = (crop[2] + crop[3]) * unitY
      guard cropX < fullWidth, cropY < fullHeight else { throw ReadError(.implausible, at: 0) }
      width = Int(clamping: fullWidth - cropX)
      height = Int(clamping: fullHeight - cropY)
      // What follows is often cut short by encoders, and what was read so far is of use without it.
      if let reordered = try? Self.reorderedFrames(&bits), mayReorder == nil { mayReorder = reordered > 0 }
    }

    private static func skipScalingLists(_ count: Int, _ bits: inout BitReader) throws(ReadError) {
      for list in 0..<count where try bits.flag() {
        var last = 8
        var next = 8
        for _ in 0..<(list < 6 ? 16 : 64) {
          if next != 0 { next = (last + (try bits.signedExpGolomb()) + 256) % 256 }
          if next != 0 { last = next }
        }
      }
    }

    private static func skipPictureOrder(
      _ type: UInt32, _ bits: inout BitReader
    ) throws(ReadError) {
      if type == 0 { _ = try bits.unsignedExpGolomb() }
      guard type == 1 else { return }
      try bits.skip(1)
      _ = try bits.signedExpGolomb()
      _ = try bits.signedExpGolomb()
      let count = try bits.unsignedExpGolomb()
      guard count <= 255 else { throw ReadError(.implausible, at: 0) }
      for _ in 0..<count { _ = try bits.signedExpGolomb() }
    }

    /// `max_num_reorder_frames` of the video usability information (annex E.1.1), if it is there.
    private static func reorderedFrames(_ bits: inout BitReader) throws(ReadError) -> UInt32? {
      guard try bits.flag() else { return nil }
      if try bits.flag(), try bits.bits(8) == 255 { try bits.skip(32) }
      if try bits.flag() { try bits.skip(1) }
      if try bits.flag() {
        try bits.skip(4)
        if try bits.flag() { try bits.skip(24) }
      }
      if try bits.flag() {
        _ = try bits.unsignedExpGolomb()
        _ = try bits.unsignedExpGolomb()
      }
      if try bits.flag() { try bits.skip(65) }
      let hasNALParameters = try bits.flag()
      if hasNALParameters { try skipHypotheticalDecoder(&bits) }
      let hasVCLParameters = try bits.flag()
      if hasVCLParameters { try skipHypotheticalDecoder(&bits) }
      if hasNALParameters || hasVCLParameters { try bits.skip(1) }
      try bits.skip(1)
      guard try bits.flag() else { return nil }
      try bits.skip(1)
      for _ in 0..<4 { _ = try bits.unsignedExpGolomb() }
      return try bits.unsignedExpGolomb()
    }

    private static func skipHypotheticalDecoder(_ bits: inout BitReader) throws(ReadError) {
      let count = try bits.unsignedExpGolomb()
      guard count < 32 else { throw ReadError(.implausible, at: 0) }
      try bits.skip(8)
      for _ in 0...count {
        _ = try bits.unsignedExpGolomb()
        _ = try bits.unsignedExpGolomb()
        try bits.skip(1)
      }
      try bits.skip(20)
    }
  }
}
