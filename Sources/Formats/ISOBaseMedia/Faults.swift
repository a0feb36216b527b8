internal import PreflightFacts
internal import PreflightBytes

/// The faults of ISO base media files, each with its name and its clause.
extension Fault {
  static func boxPastParent(_ box: ISOBaseMedia.Box, parent: ISOBaseMedia.Box) -> Fault {
    Fault(
      "box-past-parent", clause: "ISO/IEC 14496-12 4.2", at: box.offset,
      "The “\(box.type)” box is longer than the “\(parent.type)” box that contains it.",
      expected: "≤ \(parent.end - box.offset) bytes",
      actual: "\(box.declaredEnd - box.offset) bytes")
  }

  static func invalidBoxSize(_ size: UInt64, at offset: UInt64) -> Fault {
    Fault(
      "invalid-box-size", clause: "ISO/IEC 14496-12 4.2", at: offset,
      "A box is shorter than its own header, so nothing after it can be read.",
      expected: "≥ 8 bytes", actual: "\(size) bytes")
  }

  static func shortBox(_ box: ISOBaseMedia.Box) -> Fault {
    Fault(
      "short-box", clause: clause(of: box.type), at: box.offset,
      "The “\(box.type)” box is too short for its required fields.",
      actual: "\(box.payloadCount) bytes of content")
  }

  static func tablePastBox(_ box: ISOBaseMedia.Box, claimed: UInt64, present: UInt64) -> Fault {
    Fault(
      "table-past-box", clause: clause(of: box.type), at: box.offset,
      "The “\(box.type)” box declares more entries than fit in it.",
      expected: "≤ \(present)", actual: "\(claimed)")
  }

  static func noMovie(hasFragments: Bool, at offset: UInt64) -> Fault {
    Fault(
      "missing-movie-box", clause: "ISO/IEC 14496-12 8.2.1", at: offset,
      hasFragments
        ? "The file is a media segment without a movie box (“moov”), so it can't be played."
        : "The file has no movie box (“moov”), so it can't be played.",
      expected: "a “moov” box", actual: "none")
  }

  static func noTrack(_ movie: ISOBaseMedia.Box) -> Fault {
    Fault(
      "missing-track", clause: "ISO/IEC 14496-12 8.3.1", at: movie.offset,
      "The movie box (“moov”) has no tracks.",
      expected: "a “trak” box", actual: "none")
  }

  static func noItems(at offset: UInt64) -> Fault {
    Fault(
      "missing-meta-box", clause: "ISO/IEC 23008-12 6.2", at: offset,
      "The image file has no “meta” box, so the image can't be located.",
      expected: "a “meta” box", actual: "none")
  }

  static func missingBox(_ type: FourCC, in parent: ISOBaseMedia.Box) -> Fault {
    Fault(
      "missing-box", clause: clause(of: type), at: parent.offset,
      "The “\(parent.type)” box lacks the required “\(type)” box.",
      expected: "a “\(type)” box", actual: "none")
  }

  static func noSampleEntry(_ stsd: ISOBaseMedia.Box) -> Fault {
    Fault(
      "missing-sample-entry", clause: clause(of: stsd.type), at: stsd.offset,
      "A track doesn't declare its codec.",
      expected: "a sample entry in the “stsd” box", actual: "none")
  }

  static func noSampleEntries(_ stsd: ISOBaseMedia.Box, count: UInt32) -> Fault {
    Fault(
      "sample-entry-count", clause: clause(of: stsd.type), at: stsd.payload + 4,
      "A track declares an invalid number of sample entries.",
      expected: "at least 1, and no more than fit", actual: "\(count)")
  }

  static func noDataReferences(_ dref: ISOBaseMedia.Box, count: UInt32) -> Fault {
    Fault(
      "data-reference-count", clause: clause(of: dref.type), at: dref.payload + 4,
      "A track declares an invalid number of data references.",
      expected: "at least 1, and no more than fit", actual: "\(count)")
  }

  static func tablesDisagree(_ stbl: ISOBaseMedia.Box, expected: String, actual: String) -> Fault {
    Fault(
      "sample-tables-disagree", clause: "ISO/IEC 14496-12 8.7", at: stbl.offset,
      "The sample tables of a track disagree on the number of samples.",
      expected: expected, actual: actual)
  }

  static func emptySamples(_ stbl: ISOBaseMedia.Box, count: UInt64) -> Fault {
    Fault(
      "empty-samples", clause: "ISO/IEC 14496-12 8.7.3", at: stbl.offset,
      "All samples of a track have the size 0, so there is nothing to play.", expected: "samples with a size",
      actual: "\(count) empty samples")
  }

  static func misplacedRun(_ chunk: UInt32, expected: String, at offset: UInt64) -> Fault {
    Fault(
      "misplaced-chunk-run", clause: clause(of: "stsc"), at: offset,
      "The sample-to-chunk table has an invalid first chunk.",
      expected: expected, actual: "\(chunk)")
  }

  static func unknownSampleEntry(_ index: UInt32, count: UInt32, at offset: UInt64) -> Fault {
    Fault(
      "unknown-sample-entry", clause: clause(of: "stsc"), at: offset,
      "The sample-to-chunk table refers to a sample entry that the “stsd” box doesn't have.",
      expected: "sample_description_index ≤ \(count)", actual: "\(index)")
  }

  static func samplesPastEnd(_ end: UInt64, fileSize: UInt64, at offset: UInt64) -> Fault {
    Fault(
      "samples-past-end", clause: "ISO/IEC 14496-12 8.7.5", at: offset,
      "The sample table points past the end of the file.",
      expected: "≤ \(fileSize)", actual: "\(end)")
  }

  static func samplesInMovie(_ moov: ISOBaseMedia.Box, _ end: UInt64, at offset: UInt64) -> Fault {
    Fault(
      "samples-in-movie-box", clause: "ISO/IEC 14496-12 8.7.3", at: offset,
      "The sample table points to media data that overlaps the movie box.",
      expected: "≤ \(moov.offset)", actual: "\(end)")
  }

  static func itemPastEnd(_ end: UInt64, fileSize: UInt64, at offset: UInt64) -> Fault {
    Fault(
      "item-past-end", clause: "ISO/IEC 14496-12 8.11.3", at: offset,
      "The item location box points past the end of the file.",
      expected: "≤ \(fileSize)", actual: "\(end)")
  }

  static func unknownTrack(_ identifier: UInt32, at offset: UInt64) -> Fault {
    Fault(
      "unknown-track", clause: "ISO/IEC 14496-12 8.8.7", at: offset,
      "A fragment refers to a track that the movie box doesn't have.",
      expected: "a track of the movie box", actual: "track \(identifier)")
  }

  static func zeroTrackIdentifier(_ tfhd: ISOBaseMedia.Box) -> Fault {
    Fault(
      "track-identifier", clause: "ISO/IEC 14496-12 8.3.2", at: tfhd.offset,
      "A fragment refers to track 0, which is not a valid track ID.", expected: "≥ 1", actual: "0")
  }

  static func noDefaults(ofTrack identifier: UInt32, at offset: UInt64) -> Fault {
    Fault(
      "missing-track-extends", clause: clause(of: "trex"), at: offset,
      "A fragment refers to a track that has no fragment defaults (“trex”) in the movie box.",
      expected: "a “trex” box for track \(identifier)", actual: "none")
  }

  static func zeroTimescale(_ mdia: ISOBaseMedia.Box) -> Fault {
    Fault(
      "zero-timescale", clause: clause(of: "mdhd"), at: mdia.offset,
      "A track has a time scale of 0, so its samples have no time.", expected: "timescale ≥ 1", actual: "0")
  }

  static func impossibleTimes(_ trak: ISOBaseMedia.Box, seconds: Double, isVideo: Bool) -> Fault {
    let milliseconds = (seconds * 1_000_000).rounded() / 1000
    return Fault(
      "impossible-times", clause: clause(of: "stts"), at: trak.offset,
      "The times of a track are wrong: its frames are far too short or too long.",
      expected: isVideo ? "0.1 ms to 300 s on average" : "0.5 ms to 10 s on average",
      actual: "\(milliseconds) ms")
  }

  static func noChannels(_ entry: ISOBaseMedia.Box) -> Fault {
    Fault(
      "no-channels", clause: "ISO/IEC 14496-12 12.2.3", at: entry.offset,
      "An audio track has no channels.", expected: "channelcount ≥ 1", actual: "0")
  }

  static func zeros(at offset: UInt64) -> Fault {
    Fault(
      "sample-of-zeros", clause: "ISO/IEC 14496-12 8.1.1", at: offset,
      "A sample consists of zeros, or ends with them: its data is missing.", expected: "coded media",
      actual: "zeros")
  }

  static func zerosInBox(_ box: ISOBaseMedia.Box, at offset: UInt64) -> Fault {
    Fault(
      "zeros-in-box", clause: "ISO/IEC 14496-12 4.2", at: offset,
      "There are zeros in place of boxes in the “\(box.type)” box.", expected: "a box", actual: "zeros")
  }

  static func lostBoxes(before name: UInt64, at offset: UInt64) -> Fault {
    Fault(
      "lost-boxes", clause: "ISO/IEC 14496-12 4.2", at: offset,
      "Other bytes take the place of boxes, so players don't reach the fragments after them.",
      expected: "a box", actual: "other bytes, and “moof” at byte \(name)")
  }

  static func invalidSpeech(at offset: UInt64) -> Fault {
    Fault(
      "invalid-amr-frame", clause: "3GPP TS 26.244 6.5", at: offset,
      "An audio sample doesn't consist of frames of AMR.", expected: "whole frames of valid types",
      actual: "other bytes")
  }

  static func forbiddenUnit(isHEVC: Bool, at offset: UInt64) -> Fault {
    Fault(
      "invalid-nal-unit-header", clause: isHEVC ? "ITU-T H.265 7.4.2.2" : "ITU-T H.264 7.4.1", at: offset,
      "A NAL unit of a video sample has an invalid header.", expected: "forbidden_zero_bit 0", actual: "1")
  }

  static func startCodeInUnit(isHEVC: Bool, at offset: UInt64) -> Fault {
    Fault(
      "start-code-in-nal-unit", clause: isHEVC ? "ITU-T H.265 7.4.2" : "ITU-T H.264 7.4.1", at: offset,
      "A NAL unit of a video sample contains bytes that can't be in one, so a decoder loses the rest of it.",
      expected: "no 0x000000, 0x000001 or 0x000002", actual: "one of these")
  }

  /// Where a box is specified.
  private static func clause(of type: FourCC) -> String {
    switch type {
    case "mvhd": "ISO/IEC 14496-12 8.2.2"
    case "tkhd": "ISO/IEC 14496-12 8.3.2"
    case "mdia": "ISO/IEC 14496-12 8.4.1"
    case "mdhd": "ISO/IEC 14496-12 8.4.2"
    case "hdlr": "ISO/IEC 14496-12 8.4.3"
    case "minf": "ISO/IEC 14496-12 8.4.4"
    case "dref": "ISO/IEC 14496-12 8.7.2"
    case "stbl": "ISO/IEC 14496-12 8.5.1"
    case "stss": "ISO/IEC 14496-12 8.6.2"
    case "stts": "ISO/IEC 14496-12 8.6.1.2"
    case "ctts": "ISO/IEC 14496-12 8.6.1.3"
    case "stsz", "stz2": "ISO/IEC 14496-12 8.7.3"
    case "stsc": "ISO/IEC 14496-12 8.7.4"
    case "stco", "co64": "ISO/IEC 14496-12 8.7.5"
    case "trex": "ISO/IEC 14496-12 8.8.3"
    case "tfhd": "ISO/IEC 14496-12 8.8.7"
    case "trun": "ISO/IEC 14496-12 8.8.8"
    case "tfdt": "ISO/IEC 14496-12 8.8.12"
    case "sidx": "ISO/IEC 14496-12 8.16.3"
    case "esds": "ISO/IEC 14496-14 6.7"
    case "avcC": "ISO/IEC 14496-15 5.3.3"
    case "hvcC": "ISO/IEC 14496-15 8.3.3"
    case "cmvd": "QuickTime File Format, Compressed movie resources"
    // Sample entries and the box around them.
    default: "ISO/IEC 14496-12 8.5.2"
    }
  }

  static func compressedMovie(at offset: UInt64, _ reason: String) -> Fault {
    Fault(
      "compressed-movie", clause: "QuickTime File Format, Compressed movie resources", at: offset,
      "The compressed movie box can't be decompressed: \(reason).")
  }
}
