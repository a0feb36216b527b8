internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// A track box, `trak` (ISO/IEC 14496-12, 8.3.1).
  struct Track {
    private(set) var identifier: UInt32 = 0
    /// The duration in the movie's units, with edits applied.
    private(set) var movieDuration: UInt64?
    private(set) var handler: FourCC?
    private(set) var timescale: UInt32 = 0
    /// The duration in the track's own units, without edits.
    private(set) var mediaDuration: UInt64?
    private(set) var entry: SampleEntry?
    private(set) var table: SampleTable?
    /// The tracks that hold this one's chapters.
    private(set) var chapters: [UInt32] = []
    /// Whether the media data is in this file.
    private(set) var isSelfContained = true
    private(set) var location: UInt64?
    /// Whether one of the first pictures has a B slice, if that was checked.
    private(set) var hasBSlices = false
    /// What the fragments add.
    var fragments = TrackFragments()

    private let box: Box
    private var hasHeader = false
    private var hasMediaHeader = false
    private var hasZeroTimescale = false
    private var mediaBox: Box?
    private var informationBox: Box?
    private var tableBox: Box?
    private var edits: EditList?

    var isVideo: Bool { handler == "vide" }
    var isAudio: Bool { handler == "soun" }

    init(_ box: Box, in window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
      self.box = box
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "tkhd":
          hasHeader = true
          guard let header = try child.value(TrackHeader.self, in: &window, into: &reading) else { continue }
          identifier = header.identifier
          movieDuration = header.duration
        case "tref":
          try readReferences(child, in: &window, into: &reading)
        case "edts":
          edits = try EditList(in: child, in: &window)
        case "mdia":
          try readMedia(child, in: &window, into: &reading)
        case "udta":
          location = try UserData.location(in: child, &window, &reading) ?? location
        case "meta":
          location = try UserData.location(inMeta: child, &window, &reading) ?? location
        default:
          break
        }
      }
    }

    private mutating func readReferences(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      var children = Children(of: box, reportsFaults: false)
      while let child = try children.next(in: &window, into: &reading) {
        guard child.type == "chap" else { continue }
        var span = try child.contents(in: &window, upTo: 4 * Limits.ISOBaseMedia.tracks)
        chapters = []
        while span.remaining >= 4 { chapters.append(try UInt32(parsingBigEndian: &span)) }
      }
    }

    private mutating func readMedia(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      mediaBox = box
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "mdhd":
          hasMediaHeader = true
          guard let header = try child.value(MediaHeader.self, in: &window, into: &reading) else { continue }
          timescale = header.timescale
          hasZeroTimescale = timescale == 0
          mediaDuration = header.duration
        case "hdlr":
          handler = try child.value(HandlerBox.self, in: &window, into: &reading)?.type
        case "minf":
          informationBox = child
        default:
          break
        }
      }
      // The order of these boxes is not fixed, and the last ones depend on the others.
      guard let informationBox else { return }
      try readInformation(informationBox, in: &window, into: &reading)
    }

    /// The media information box, `minf` (8.4.4).
    private mutating func readInformation(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      var dataInformation: Box?
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "vmhd" where handler == nil: handler = "vide"
        case "smhd" where handler == nil: handler = "soun"
        case "dinf": dataInformation = child
        case "stbl": tableBox = child
        default: break
        }
      }
      // Chapters, subtitles, time codes and the like aren't checked.
      guard let tableBox, isVideo || isAudio || handler == "pict" else { return }
      let table = try SampleTable(tableBox, in: &window, into: &reading)
      self.table = table
      fragments = TrackFragments(after: table.timing?.duration ?? 0)
      if let description = table.description {
        try readDescription(description, in: &window, into: &reading)
      }
      if let dataInformation, let entry {
        isSelfContained = try Self.isSelfContained(
          dataInformation, entry: entry.dataReference, &window, &reading)
      }
      if isSelfContained, let entry, entry.isMPEGAudio, !entry.isEncrypted, let first = table.firstChunk {
        try readFrame(at: first, in: &window)
      }
      try checkFirstPictures(in: table, &window, &reading)
      try lookForBSlices(in: table, &window)
    }

    /// What an AVC decoder gets for the pictures, if they are present and can be read.
    private var pictureConfiguration: AVCConfiguration? {
      guard let entry, isSelfContained, !entry.isEncrypted, entry.video?.codec == "h264" else { return nil }
      return entry.avc
    }

    /// Checks the first pictures against the decoder's configuration.
    private func checkFirstPictures(
      in table: SampleTable, _ window: inout ByteWindow, _ reading: inout Reading
    ) throws(ReadError) {
      guard let configuration = pictureConfiguration, configuration.fault == nil else { return }
      let samples = try table.firstSamples(Limits.ISOBaseMedia.firstPictures, in: &window)
      if let fault = try FirstPictures.fault(samples, configuration, in: &window) { reading.add(fault) }
    }

    /// Whether the pictures themselves are out of order; read only if nothing else says so.
    private mutating func lookForBSlices(
      in table: SampleTable, _ window: inout ByteWindow
    ) throws(ReadError) {
      guard let configuration = pictureConfiguration, configuration.mayReorder != false, !table.hasOffsets,
        table.sampleCount > 1
      else { return }
      let samples = try table.firstSamples(Limits.ISOBaseMedia.sliceSamples, in: &window)
      hasBSlices = try SliceTypes.hasBSlice(samples, lengthSize: configuration.lengthSize, in: &window)
    }

    /// The sample description box, `stsd` (8.5.2). If the samples change their format, the first format
    /// counts for all.
    private mutating func readDescription(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      guard let header = try box.value(FullBoxHeader.self, in: &window, into: &reading) else { return }
      var children = Children(of: box, skipping: 8, reportsFaults: false)
      guard let first = try children.next(in: &window, into: &reading) else { return }
      // Players that trust the count reject the whole file.
      let count = try window.bigEndian(UInt32.self, at: box.payload + 4)
      // Players look for what comes next after it.
      if first.isCut, !box.isCut {
        reading.add(.boxPastParent(first, parent: box))
      } else if first.extendsToEnd {
        reading.add(.invalidBoxSize(0, at: first.offset))
      }
      if count == 0 || UInt64(count) > (box.declaredEnd - box.payload) / 8 {
        reading.add(.noSampleEntries(box, count: count))
      }
      var entry = SampleEntry(first)
      if isVideo || handler == "pict" {
        try entry.readVisual(first, in: &window, into: &reading)
      } else if isAudio {
        try entry.readAudio(first, isQuickTime: header.version == 0, in: &window, into: &reading)
      }
      self.entry = entry
    }

    /// The data reference box, `dref` (8.7.2): the flag 1 says that the data is in this file.
    private static func isSelfContained(
      _ box: Box, entry: UInt16, _ window: inout ByteWindow, _ reading: inout Reading
    ) throws(ReadError) -> Bool {
      var children = Children(of: box, reportsFaults: false)
      while let child = try children.next(in: &window, into: &reading) {
        guard child.type == "dref" else { continue }
        if child.payloadCount >= 8, !child.isCut {
          let count = try window.bigEndian(UInt32.self, at: child.payload + 4)
          // No entry is shorter than 12 bytes.
          if count == 0 || UInt64(count) > child.payloadCount / 12 {
            reading.add(.noDataReferences(child, count: count))
          }
        }
        var references = Children(of: child, skipping: 8, reportsFaults: false)
        var number: UInt16 = 0
        while let reference = try references.next(in: &window, into: &reading) {
          number &+= 1
          guard number == max(entry, 1), reference.payloadCount >= 4 else { continue }
          return try window.bigEndian(UInt32.self, at: reference.payload) & 1 == 1
        }
      }
      return true
    }

    /// MPEG audio frames identify themselves, and the boxes are often wrong.
    private mutating func readFrame(
      at offset: UInt64, in window: inout ByteWindow
    ) throws(ReadError) {
      var span = try window.available(at: offset, upTo: 4)
      guard span.remaining == 4 else { return }
      guard let frame = MPEGAudioFrame(try UInt32(parsingBigEndian: &span)) else { return }
      if var audio = entry?.audio {
        frame.describe(&audio)
        entry?.audio = audio
      }
    }

    /// The end of the last sample in the file, and the offset of its chunk's entry in the index.
    var lastByte: (end: UInt64, noted: UInt64)? {
      guard isSelfContained, isVideo || isAudio, let table else { return nil }
      // For packed audio with only a sample count, just the chunk offsets are known.
      let isPacked = isAudio && table.isCounted && entry?.audio?.codec.hasPrefix("pcm_") != true
      return isPacked ? table.lastStart : table.lastByte
    }

    /// Whether the track has a sample, here or in a fragment.
    var hasSample: Bool { (table?.sampleCount ?? 0) > 0 || fragments.sampleCount > 0 }

    /// The fault of samples that last too short or too long for any recording: the time scale or the time table is wrong.
    private func timingFault(_ table: SampleTable) -> Fault? {
      guard let timing = table.timing, timing.sampleCount >= Limits.ISOBaseMedia.timedSamples, timescale > 0,
        !table.isCounted
      else { return nil }
      let range: ClosedRange<Double>
      if isVideo {
        range = Limits.ISOBaseMedia.pictureSeconds
      } else if let codec = entry?.audio?.codec,
        ["aac", "mp3", "opus", "ac3", "eac3", "amr_nb", "amr_wb"].contains(codec)
      {
        range = Limits.ISOBaseMedia.blockSeconds
      } else {
        return nil
      }
      let seconds = Double(timing.duration) / Double(timing.sampleCount) / Double(timescale)
      return range.contains(seconds) ? nil : .impossibleTimes(box, seconds: seconds, isVideo: isVideo)
    }

    /// Reports what prevents playing the track.
    ///
    /// - Parameter mayContinue: Whether fragments may follow.
    func tellFaults(mayContinue: Bool, into reading: inout Reading) {
      guard !box.isCut else { return }
      guard let mediaBox else {
        return reading.add(.missingBox("mdia", in: box))
      }
      guard isVideo || isAudio, !mediaBox.isCut else { return }
      if !hasHeader { reading.add(.missingBox("tkhd", in: box)) }
      if !hasMediaHeader { reading.add(.missingBox("mdhd", in: mediaBox)) }
      if hasZeroTimescale { reading.add(.zeroTimescale(mediaBox)) }
      guard let informationBox else {
        return reading.add(.missingBox("minf", in: mediaBox))
      }
      guard !informationBox.isCut else { return }
      guard let table else {
        return reading.add(.missingBox("stbl", in: informationBox))
      }
      table.tellFaults(into: &reading)
      if let fault = timingFault(table) { reading.add(fault) }
      if !mayContinue {
        // One sample without a duration is a picture that stays.
        if let timing = table.timing, timing.duration > 0,
          let fault = edits?.fault(ofMediaEndingAt: timing.latestEnd)
        {
          reading.add(fault)
        }
        table.tellEmptySamples(into: &reading)
      }
      if entry == nil, let description = table.description, !description.isCut {
        reading.add(.noSampleEntry(description))
      }
    }
  }

  /// `tkhd` (8.3.2).
  fileprivate struct TrackHeader: BoxContents {
    let identifier: UInt32
    let duration: UInt64?

    init(parsing span: inout ByteSpan) throws(ReadError) {
      let isLong = try FullBoxHeader(parsing: &span).version == 1
      try span.skip(isLong ? 16 : 8)
      identifier = try UInt32(parsingBigEndian: &span)
      try span.skip(4)
      duration = try ISOBaseMedia.duration(isLong: isLong, &span)
    }
  }

  /// `mdhd` (8.4.2).
  fileprivate struct MediaHeader: BoxContents {
    let timescale: UInt32
    let duration: UInt64?

    init(parsing span: inout ByteSpan) throws(ReadError) {
      let isLong = try FullBoxHeader(parsing: &span).version == 1
      try span.skip(isLong ? 16 : 8)
      timescale = try UInt32(parsingBigEndian: &span)
      duration = try ISOBaseMedia.duration(isLong: isLong, &span)
    }
  }

  /// `hdlr` (8.4.3): what kind of media a track holds.
  struct HandlerBox: BoxContents {
    let type: FourCC

    init(parsing span: inout ByteSpan) throws(ReadError) {
      try span.skip(8)
      type = try FourCC(parsing: &span)
    }
  }

  /// A duration; all ones mean that it is unknown.
  static func duration(isLong: Bool, _ span: inout ByteSpan) throws(ReadError) -> UInt64? {
    if isLong {
      let value = try UInt64(parsingBigEndian: &span)
      return value == .max ? nil : value
    }
    let value = try UInt32(parsingBigEndian: &span)
    return value == .max ? nil : UInt64(value)
  }
}
