internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The movie box, `moov` (ISO/IEC 14496-12, 8.2.1): the index of the whole file.
  struct Movie {
    let box: Box
    private(set) var timescale: UInt32 = 0
    private(set) var duration: UInt64?
    var tracks: [Track] = []
    /// Whether fragments may follow (`mvex`).
    private(set) var isFragmented = false
    /// The defaults for samples of fragments, by track.
    private(set) var defaults: [UInt32: FragmentDefaults] = [:]
    private(set) var location: UInt64?
    /// The tracks whose images or text are the chapter marks of others.
    private(set) var chapters: Set<UInt32> = []
    /// The tracks with a reported fault that all their fragments share: once is enough.
    var reportedTracks: Set<UInt32> = []
    /// Whether there is a header.
    private var hasHeader = false
    /// Whether a compressed movie was decompressed: at most one is.
    private var hasUnpacked = false
    /// Whether the movie box is compressed, so that its tables aren't in the file.
    var isCompressed: Bool { hasUnpacked }
    /// Whether the movie only names other files to play instead (QuickTime's reference movies).
    private(set) var isReference = false
    /// Whether there are more tracks than the limit.
    private var isUnread = false

    /// Whether there may be more tracks than those that are known.
    var mayHaveMore: Bool { box.isCut || isUnread }

    /// - Parameter isUnpacked: Whether a compressed movie is decompressed.
    init(
      _ box: Box, isUnpacked: Bool, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      self.box = box
      do {
        try read(box, mayBeCompressed: isUnpacked, in: &window, into: &reading)
      } catch {
        // If the box itself is truncated, the end of the data was expected there.
        guard box.isCut, case .endOfData = error.reason else { throw error }
      }
      if !hasHeader, !tracks.isEmpty, !hasUnpacked, !box.isCut { reading.add(.missingBox("mvhd", in: box)) }
      for track in tracks { track.tellFaults(mayContinue: isFragmented, into: &reading) }
      chapters = Set(tracks.flatMap(\.chapters))
    }

    /// Whether there is nothing to play.
    var isEmpty: Bool { tracks.isEmpty && !isReference && !mayHaveMore }

    /// Whether there are tracks to play, but none of them has a sample.
    var hasNoSample: Bool {
      let played = tracks.filter { $0.isVideo || $0.isAudio }
      return !isReference && !mayHaveMore && !played.isEmpty && played.allSatisfy { !$0.hasSample }
    }

    /// Whether fragments may speak of a track.
    func hasTrack(_ identifier: UInt32) -> Bool {
      box.isCut || tracks.count == Limits.ISOBaseMedia.tracks
        || tracks.contains { $0.identifier == identifier }
    }

    /// Whether the defaults for the samples of a track's fragments are known.
    func hasDefaults(of identifier: UInt32) -> Bool {
      box.isCut || defaults.count == Limits.ISOBaseMedia.tracks || defaults[identifier] != nil
    }

    private mutating func read(
      _ box: Box, mayBeCompressed: Bool, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "mvhd":
          hasHeader = true
          guard let header = try child.value(MovieHeader.self, in: &window, into: &reading) else { continue }
          timescale = header.timescale
          duration = header.duration
        case "trak":
          guard tracks.count < Limits.ISOBaseMedia.tracks else {
            isUnread = true
            reading.leaveTracksUnchecked(at: child.offset)
            continue
          }
          tracks.append(try Track(child, in: &window, into: &reading))
        case "mvex":
          try readExtends(child, in: &window, into: &reading)
        case "udta":
          location = try UserData.location(in: child, &window, &reading) ?? location
        case "meta":
          location = try UserData.location(inMeta: child, &window, &reading) ?? location
        case "cmov" where !mayBeCompressed && tracks.isEmpty:
          hasUnpacked = true
        case "cmov" where mayBeCompressed && !hasUnpacked:
          hasUnpacked = true
          try readCompressed(child, in: &window, into: &reading)
        case "rmra":
          isReference = true
        default:
          break
        }
      }
    }

    /// The movie extends box, `mvex` (8.8.1).
    private mutating func readExtends(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      isFragmented = true
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        guard child.type == "trex" else { continue }
        guard defaults.count < Limits.ISOBaseMedia.tracks else {
          reading.leaveTracksUnchecked(at: child.offset)
          continue
        }
        if let extends = try child.value(TrackExtends.self, in: &window, into: &reading) {
          defaults[extends.track] = extends.defaults
        }
      }
    }

    /// A compressed movie, `cmov` (QuickTime File Format, Compressed movie resources). Its index refers to
    /// this file's bytes, but faults in it can only be reported at the offset of the whole box.
    private mutating func readCompressed(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      let bytes: [UInt8]
      switch try CompressedMovie.unpack(box, in: &window, into: &reading) {
      case .unpacked(let movie): bytes = movie
      case .broken: return
      case .tooLong:
        isUnread = true
        return
      }
      var unpacked = ByteWindow(MemorySource(bytes))
      var inner = Reading()
      if case .box(let movie) = try BoxHeader(at: 0, before: unpacked.byteCount, in: &unpacked) {
        try read(movie, mayBeCompressed: false, in: &unpacked, into: &inner)
      }
      for part in inner.unchecked {
        reading.leaveUnchecked(UncheckedPart(part.what, limit: part.limit, at: box.offset))
      }
      for fault in inner.faults {
        reading.add(
          Fault(
            fault.name, clause: fault.clause, at: box.offset, fault.message, expected: fault.expected,
            actual: fault.actual))
      }
      if location != nil { location = box.offset }
    }
  }

  /// `mvhd` (8.2.2).
  fileprivate struct MovieHeader: BoxContents {
    let timescale: UInt32
    let duration: UInt64?

    init(parsing span: inout ByteSpan) throws(ReadError) {
      let isLong = try FullBoxHeader(parsing: &span).version == 1
      try span.skip(isLong ? 16 : 8)
      timescale = try UInt32(parsingBigEndian: &span)
      duration = try ISOBaseMedia.duration(isLong: isLong, &span)
    }
  }

  /// `trex` (8.8.3).
  fileprivate struct TrackExtends: BoxContents {
    let track: UInt32
    let defaults: FragmentDefaults

    init(parsing span: inout ByteSpan) throws(ReadError) {
      _ = try FullBoxHeader(parsing: &span)
      track = try UInt32(parsingBigEndian: &span)
      try span.skip(4)
      let duration = try UInt32(parsingBigEndian: &span)
      let size = try UInt32(parsingBigEndian: &span)
      defaults = FragmentDefaults(duration: duration, size: size)
    }
  }
}

extension Reading {
  /// Notes that a movie has more tracks than the limit.
  fileprivate mutating func leaveTracksUnchecked(at offset: UInt64) {
    let count = Limits.ISOBaseMedia.tracks
    leaveUnchecked(UncheckedPart("tracks after the first \(count)", limit: "\(count) tracks", at: offset))
  }
}
