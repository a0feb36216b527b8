internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// What a sample of a track must look like, by its codec.
  struct SampleCheck {
    private enum Kind {
      /// H.264 and H.265: NAL units, each after its length (ISO/IEC 14496-15, 5.3.2 and 8.3.2).
      case units(lengthSize: Int, isHEVC: Bool)
      /// A raw data block of AAC.
      case block(AACBlock)
      /// Whole frames of AMR of these sizes (3GPP TS 26.244, 6.5).
      case frames(sizes: [UInt8])
      /// Another coder, which never writes zeros alone.
      case other
    }

    private let kind: Kind

    /// nil if nothing is known of the samples: encrypted ones, those in other files, and those of audio that isn't
    /// compressed, where zeros are silence.
    init?(_ track: Track) {
      guard let entry = track.entry, track.isSelfContained, !entry.isEncrypted,
        track.isVideo || track.isAudio,
        track.table?.hasOneEntry == true
      else { return nil }
      if let codec = entry.video?.codec {
        switch codec {
        case "h264":
          guard let avc = entry.avc else { return nil }
          kind = .units(lengthSize: avc.lengthSize, isHEVC: false)
        case "hevc":
          guard let lengthSize = entry.hevcLengthSize else { return nil }
          kind = .units(lengthSize: lengthSize, isHEVC: true)
        case "mpeg4", "h263", "vp8", "vp9", "av1", "mjpeg", "mpeg1video", "mpeg2video", "prores":
          kind = .other
        default: return nil
        }
      } else if let codec = entry.audio?.codec {
        switch codec {
        case "aac":
          guard let block = entry.aacBlock else { return nil }
          kind = .block(block)
        case "amr_nb", "amr_wb": kind = .frames(sizes: AMR.frameSizes(isWide: codec == "amr_wb"))
        case "mp3", "mp2", "opus", "vorbis", "ac3", "eac3", "flac", "alac": kind = .other
        default: return nil
        }
      } else {
        return nil
      }
    }

    func fault(in sample: Range<UInt64>, _ window: inout ByteWindow) throws(ReadError) -> Fault? {
      switch kind {
      case .units(let lengthSize, let isHEVC):
        return try Self.fault(in: sample, lengthSize: lengthSize, isHEVC: isHEVC, &window)
      case .block(let block):
        guard try block.isPlausible(in: sample, &window) else {
          return .invalidAACBlock(at: sample.lowerBound)
        }
        // The element END, three bits set, is in its last two bytes.
        let tail = min(UInt64(sample.count), Limits.AAC.zeros + 4)
        guard tail == Limits.AAC.zeros + 4,
          try AudioTags.isZero(&window, from: sample.upperBound - tail, to: sample.upperBound)
        else { return nil }
        return .zeros(at: sample.lowerBound)
      case .frames(let sizes):
        if let fault = try zeros(in: sample, &window) { return fault }
        return try Self.fault(in: sample, frameSizes: sizes, &window)
      case .other:
        return try zeros(in: sample, &window)
      }
    }

    /// The fault of a sample that is all zeros. Few zeros may be a code.
    private func zeros(in sample: Range<UInt64>, _ window: inout ByteWindow) throws(ReadError) -> Fault? {
      guard sample.count >= Limits.ISOBaseMedia.zeros,
        try window.available(at: sample.lowerBound, upTo: 1)[0] == 0,
        try AudioTags.isZero(&window, from: sample.lowerBound, to: sample.upperBound)
      else { return nil }
      return .zeros(at: sample.lowerBound)
    }

    /// The fault in the frames of AMR, the last of which must end where the sample does.
    private static func fault(
      in sample: Range<UInt64>, frameSizes: [UInt8], _ window: inout ByteWindow
    ) throws(ReadError) -> Fault? {
      // QuickTime files may count bytes as samples.
      guard sample.count > 1 else { return nil }
      var position = sample.lowerBound
      while position < sample.upperBound {
        guard let header = try window.available(at: position, upTo: 1)[0] else { return nil }
        let size = UInt64(frameSizes[AMR.frameType(header)])
        // The first bit is padding here, and 0 (RFC 4867, 5.3).
        guard size > 0, size <= sample.upperBound - position, header & 0x80 == 0 else {
          return .invalidSpeech(at: position)
        }
        position += size
      }
      return nil
    }

    /// The fault in the chain of NAL units, which must end where the sample does.
    private static func fault(
      in sample: Range<UInt64>, lengthSize: Int, isHEVC: Bool, _ window: inout ByteWindow
    ) throws(ReadError) -> Fault? {
      var position = sample.lowerBound
      while position < sample.upperBound {
        let room = sample.upperBound - position
        var span = try window.available(at: position, upTo: lengthSize + 2)
        guard room > UInt64(lengthSize), span.remaining > lengthSize else {
          // Too few bytes for a unit, which decoders don't look at.
          let isPadding = position > sample.lowerBound && room < 4
          return isPadding ? nil : .unitPastSample(0, sample: UInt64(sample.count), at: position)
        }
        let length = try UInt64(parsingBigEndian: &span, byteCount: lengthSize)
        guard length > 0, length <= room - UInt64(lengthSize) else {
          // Some writers fill a sample up with zeros.
          if length == 0, position > sample.lowerBound,
            try AudioTags.isZero(&window, from: position, to: sample.upperBound)
          {
            return nil
          }
          return .unitPastSample(length, sample: UInt64(sample.count), at: position)
        }
        let first = try UInt8(parsing: &span)
        // forbidden_zero_bit; in H.265 also nuh_temporal_id_plus1, which is never 0.
        let isTemporal = !isHEVC || length < 2 || span.isAtEnd || (span[span.position] ?? 1) & 7 != 0
        guard first & 0x80 == 0, isTemporal else { return .forbiddenUnit(isHEVC: isHEVC, at: position) }
        position += UInt64(lengthSize)
        if let offset = try startCode(in: position..<position + length, &window) {
          return .startCodeInUnit(isHEVC: isHEVC, at: offset)
        }
        position += length
      }
      return nil
    }

    /// Where three bytes stand in a NAL unit that coders keep out of it: two zeros and a third byte below 3 (ITU-T
    /// H.264, 7.4.1; H.265, 7.4.2). Zeros at the end are left to the writer.
    private static func startCode(
      in unit: Range<UInt64>, _ window: inout ByteWindow
    ) throws(ReadError) -> UInt64? {
      var offset = unit.lowerBound
      while unit.upperBound - offset > 3 {
        let count = Int(min(unit.upperBound - offset, 1 << 16))
        let (index, held) = startCode(in: try window.available(at: offset, upTo: count))
        guard held > 3 else { return nil }
        if let index {
          let found = offset + UInt64(index)
          let isEnd = try AudioTags.isZero(&window, from: found, to: unit.upperBound)
          return isEnd && unit.upperBound - found < UInt64(Limits.ISOBaseMedia.zeros) ? nil : found
        }
        // The last two bytes may begin one.
        offset += UInt64(held - 2)
      }
      return nil
    }

    /// - Returns: The first place, and how many bytes were looked at.
    private static func startCode(in span: borrowing ByteSpan) -> (index: Int?, byteCount: Int) {
      var index = 0
      while let zero = span.firstIndex(of: 0, from: index) {
        if span[zero + 1] == 0, let third = span[zero + 2], third < 3 { return (zero, span.remaining) }
        index = zero + 1
      }
      return (nil, span.remaining)
    }
  }
}
