internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The AVC configuration box, `avcC` (ISO/IEC 14496-15, 5.3.3.1).
  struct AVCConfiguration: BoxContents {
    let profile: UInt8
    let constraints: UInt8
    let level: UInt8
    /// The size of the length before each NAL unit of a sample.
    let lengthSize: Int
    private(set) var sequence: SequenceParameterSet?

    /// The picture parameter sets that slices may refer to.
    private(set) var pictureSets: Set<UInt32> = []
    /// What keeps a decoder from starting.
    private(set) var fault: Fault?
    /// A missing kind of parameter set; a fault unless it precedes the pictures.
    private(set) var missing: Fault?

    init(parsing span: inout ByteSpan) throws(ReadError) {
      let start = span.offset
      let version = try UInt8(parsing: &span)
      profile = try UInt8(parsing: &span)
      constraints = try UInt8(parsing: &span)
      level = try UInt8(parsing: &span)
      lengthSize = Int(try UInt8(parsing: &span) & 3) + 1
      let sequenceCount = try UInt8(parsing: &span) & 31
      guard version == 1 else {
        fault = .configurationVersion(version, at: start)
        return
      }
      if lengthSize == 3 { fault = .reservedLengthSize(at: start + 4) }
      readSets(sequenceCount, from: &span)
    }

    private mutating func readSets(_ sequenceCount: UInt8, from span: inout ByteSpan) {
      let isWhole = span.bytes.byteCount < Limits.ISOBaseMedia.parameterSets
      let start = span.offset - 1
      var sequences: [UInt32: SequenceParameterSet] = [:]
      guard readSets(count: sequenceCount, from: &span, into: &sequences) else {
        return tellCut(isWhole, at: span.offset)
      }
      let picturesStart = span.offset
      let pictureCount = (try? UInt8(parsing: &span)) ?? 0
      guard readSets(count: pictureCount, from: &span, into: &sequences) else {
        return tellCut(isWhole, at: span.offset)
      }
      if sequences.isEmpty {
        missing = .noSequenceParameterSet(at: start)
      } else if pictureSets.isEmpty, isWhole {
        missing = .noPictureParameterSet(at: picturesStart)
      }
    }

    /// Reads one of the two lists; false if the box ends before the list does. Decoders use the type of a
    /// unit, whichever list it is in, and skip what isn't a parameter set.
    private mutating func readSets(
      count: UInt8, from span: inout ByteSpan, into sequences: inout [UInt32: SequenceParameterSet]
    ) -> Bool {
      for _ in 0..<count {
        guard let (unit, offset) = unit(from: &span) else { return false }
        // The first bit marks the unit as corrupt.
        let kind = unit.first.map { $0 & 0x9f }
        do throws(SyntaxDefect) {
          if kind == 7 {
            let set = try SequenceParameterSet(unit: unit)
            if sequence == nil { sequence = set }
            sequences[set.identifier] = set
          } else if kind == 8, !sequences.isEmpty {
            pictureSets.insert(try PictureParameterSet(unit: unit, sequences: sequences).identifier)
          }
        } catch {
          if fault != nil { continue }
          fault =
            kind == 7 ? .sequenceParameterSet(error, at: offset) : .pictureParameterSet(error, at: offset)
        }
      }
      return true
    }

    /// A NAL unit after its length, and its offset; nil if the box ends before it does.
    private func unit(from span: inout ByteSpan) -> (bytes: [UInt8], offset: UInt64)? {
      guard let length = try? UInt16(parsingBigEndian: &span), Int(length) <= span.remaining else {
        return nil
      }
      let offset = span.offset
      return (try? span.array(length)).map { ($0, offset) }
    }

    private mutating func tellCut(_ isWhole: Bool, at offset: UInt64) {
      if isWhole, fault == nil { fault = .parameterSetPastBox(at: offset) }
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

    /// Whether the profile or the sequence allows pictures out of display order; nil if neither says.
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

    /// A.3.1: level 1b is signaled by a flag in the older profiles, by the number 9 in the newer.
    static func level(_ level: UInt8, profile: UInt8, constraints: UInt8) -> String {
      if level == 9 { return "1b" }
      if level == 11, constraints & 0x10 != 0, [66, 77, 88].contains(profile) { return "1b" }
      return ISOBaseMedia.level(tens: Int(level))
    }
  }

  /// A level stored as ten times its number.
  static func level(tens: Int) -> String {
    tens % 10 == 0 ? "\(tens / 10)" : "\(tens / 10).\(tens % 10)"
  }
}
