internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The HEVC configuration box, `hvcC` (ISO/IEC 14496-15, 8.3.3.1).
  struct HEVCConfiguration: BoxContents {
    let profile: UInt8
    let level: UInt8
    let chroma: UInt8
    let bitDepth: Int
    /// The size of the length before each NAL unit of a sample; nil if the box ends before it says so.
    let lengthSize: Int?

    init(parsing span: inout ByteSpan) throws(ReadError) {
      _ = try UInt8(parsing: &span)
      profile = try UInt8(parsing: &span) & 31
      try span.skip(10)
      level = try UInt8(parsing: &span)
      try span.skip(3)
      chroma = try UInt8(parsing: &span) & 3
      bitDepth = Int(try UInt8(parsing: &span) & 7) + 8
      // bitDepthChromaMinus8 and avgFrameRate precede it.
      lengthSize = span[span.position + 3].map { Int($0 & 3) + 1 }
    }

    func describe(_ stream: inout VideoStream) {
      // ITU-T H.265, annex A.3, with ffmpeg's names.
      stream.profile =
        switch profile {
        case 1: "Main"
        case 2: "Main 10"
        case 3: "Main Still Picture"
        case 4: "Rext"
        case 6: "Multiview Main"
        case 7: "Scalable Main"
        case 9: "SCC"
        default: nil
        }
      // A.4.1: the level is stored as thirty times its number.
      stream.level = ISOBaseMedia.level(tens: Int(level) / 3)
      stream.chroma = ["4:0:0", "4:2:0", "4:2:2", "4:4:4"][Int(chroma)]
      stream.bitDepth = bitDepth
    }
  }

  /// The AV1 configuration box, `av1C` (AV1 Codec ISO Media File Format Binding, 2.3).
  struct AV1Configuration: BoxContents {
    let profile: UInt8
    let level: UInt8
    let format: UInt8

    init(parsing span: inout ByteSpan) throws(ReadError) {
      _ = try UInt8(parsing: &span)
      let byte = try UInt8(parsing: &span)
      profile = byte >> 5
      level = byte & 31
      format = try UInt8(parsing: &span)
    }

    func describe(_ stream: inout VideoStream) {
      stream.profile =
        switch profile {
        case 0: "Main"
        case 1: "High"
        case 2: "Professional"
        default: nil
        }
      // AV1 specification, annex A.3; 31 means no limit.
      if level < 24 { stream.level = "\(2 + level >> 2).\(level & 3)" }
      stream.bitDepth = format & 0x40 == 0 ? 8 : profile == 2 && format & 0x20 != 0 ? 12 : 10
      stream.chroma =
        if format & 0x10 != 0 { "4:0:0" } else {
          switch format >> 2 & 3 {
          case 3: "4:2:0"
          case 2: "4:2:2"
          default: "4:4:4"
          }
        }
    }
  }

  /// The VP8 and VP9 configuration box, `vpcC` (VP Codec ISO Media File Format Binding, version 1.0).
  struct VPConfiguration: BoxContents {
    let profile: UInt8
    let level: UInt8
    let format: UInt8

    init(parsing span: inout ByteSpan) throws(ReadError) {
      _ = try FullBoxHeader(parsing: &span)
      profile = try UInt8(parsing: &span)
      level = try UInt8(parsing: &span)
      format = try UInt8(parsing: &span)
    }

    func describe(_ stream: inout VideoStream) {
      stream.profile = "Profile \(profile)"
      if level > 0 { stream.level = ISOBaseMedia.level(tens: Int(level)) }
      stream.bitDepth = Int(format >> 4)
      stream.chroma =
        switch format >> 1 & 7 {
        case 0, 1: "4:2:0"
        case 2: "4:2:2"
        case 3: "4:4:4"
        default: nil
        }
    }
  }

  /// The H.263 box of 3GPP, `d263` (3GPP TS 26.244, 6.8).
  struct H263Configuration: BoxContents {
    let level: UInt8
    let profile: UInt8

    init(parsing span: inout ByteSpan) throws(ReadError) {
      try span.skip(5)
      level = try UInt8(parsing: &span)
      profile = try UInt8(parsing: &span)
    }

    func describe(_ stream: inout VideoStream) {
      // ITU-T H.263, annex X.
      stream.profile = profile == 0 ? "Baseline" : "Profile \(profile)"
      stream.level = "\(level)"
    }
  }

  /// The start of an MPEG-4 visual stream (ISO/IEC 14496-2, 6.2.2), as `esds` carries it.
  enum MPEG4Visual {
    /// Annex G, table G.1: the upper half of the byte is the profile.
    static func describe(_ stream: inout VideoStream, configuration: [UInt8]) {
      guard configuration.count >= 5, configuration[..<4] == [0, 0, 1, 0xb0] else { return }
      let profile = configuration[4] >> 4
      let level = configuration[4] & 15
      stream.profile =
        switch profile {
        case 0: "Simple Profile"
        case 1: "Simple Scalable Profile"
        case 2: "Core Profile"
        case 3: "Main Profile"
        case 4: "N-bit Profile"
        case 9: "Advanced Real Time Simple Profile"
        case 11: "Advanced Coding Efficiency Profile"
        case 15: "Advanced Simple Profile"
        default: nil
        }
      // Level 0 of the Simple profile is kept as 8.
      stream.level = "\(profile == 0 && level == 8 ? 0 : level)"
    }
  }
}
