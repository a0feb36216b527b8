internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The defaults for a fragment's samples.
  struct FragmentDefaults {
    var duration: UInt32 = 0
    var size: UInt32 = 0
  }

  /// What the fragments of one track come to.
  struct TrackFragments {
    private(set) var sampleCount: UInt64 = 0
    private(set) var byteCount: UInt64 = 0
    private(set) var isReordered = false
    /// When the first sample is due, and the end of the last, in the track's units.
    private(set) var start: UInt64?
    private(set) var end: UInt64
    private var latest = Int64.min

    /// - Parameter end: When the samples of the movie box end. Those of the fragments follow.
    init(after end: UInt64 = 0) { self.end = end }

    /// The fragment's first sample is due at `time`; without a time it follows the previous samples.
    mutating func begin(at time: UInt64?) {
      if let time { end = time }
      if start == nil { start = end }
      latest = .min
    }

    mutating func add(duration: UInt32, size: UInt32, offset: Int64) {
      let shown = Int64(truncatingIfNeeded: end) &+ offset
      if shown < latest { isReordered = true }
      latest = max(latest, shown)
      end = end &+ UInt64(duration)
      sampleCount += 1
      byteCount &+= UInt64(size)
    }

    /// Samples that are all alike.
    mutating func add(_ count: UInt32, duration: UInt32, size: UInt32) {
      end = end &+ UInt64(count) * UInt64(duration)
      sampleCount += UInt64(count)
      byteCount &+= UInt64(count) * UInt64(size)
    }
  }

  /// A movie fragment box, `moof` (ISO/IEC 14496-12, 8.8.4).
  struct Fragment {
    /// The end of the last sample in the file, and the box that declares it.
    private(set) var lastByte: (end: UInt64, noted: UInt64) = (0, 0)
    /// Where the media data of the previous track fragment ended.
    private var previousEnd: UInt64?
    /// The checks of the samples; nil if they aren't checked.
    private(set) var samples: SampleChecks?
    private let box: Box

    init(
      _ box: Box, movie: inout Movie?, checking samples: SampleChecks?, in window: inout ByteWindow,
      into reading: inout Reading
    ) throws(ReadError) {
      self.box = box
      self.samples = samples
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        if child.type == "traf" { try readTrack(child, movie: &movie, in: &window, into: &reading) }
      }
    }

    /// A track fragment box, `traf` (8.8.6).
    private mutating func readTrack(
      _ box: Box, movie: inout Movie?, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      var track: Int?
      var fragments = TrackFragments()
      var header: TrackFragmentHeader?
      var time: UInt64?
      var hasBegun = false
      var position: UInt64 = 0
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "tfhd":
          guard var found = try child.value(TrackFragmentHeader.self, in: &window, into: &reading)
          else { continue }
          if let known = movie {
            found.fill(known.defaults[found.track] ?? FragmentDefaults())
            track = known.tracks.firstIndex { $0.identifier == found.track }
            if let track { fragments = known.tracks[track].fragments }
            if !reading.hasEnoughFaults, !known.reportedTracks.contains(found.track),
              let fault = Self.fault(of: found.track, isKnown: track != nil, in: known, at: child)
            {
              reading.add(fault)
              movie?.reportedTracks.insert(found.track)
            }
          }
          position =
            found.baseOffset ?? (found.isBasedOnFragment ? nil : previousEnd) ?? self.box.offset
          header = found
        case "tfdt":
          time = try child.value(DecodeTime.self, in: &window, into: &reading)?.time
        case "trun":
          guard let header else { continue }
          if !hasBegun { fragments.begin(at: time) }
          hasBegun = true
          try readRun(
            child, header, of: track, &fragments, position: &position, in: &window, into: &reading)
        default:
          break
        }
      }
      if header == nil, !box.isCut { reading.add(.missingBox("tfhd", in: box)) }
      previousEnd = position
      if let track { movie?.tracks[track].fragments = fragments }
    }

    /// The fault that prevents reading a track's fragments.
    private static func fault(of track: UInt32, isKnown: Bool, in movie: Movie, at tfhd: Box) -> Fault? {
      if track == 0 { return .zeroTrackIdentifier(tfhd) }
      guard isKnown else { return movie.hasTrack(track) ? nil : .unknownTrack(track, at: tfhd.offset) }
      return movie.hasDefaults(of: track) ? nil : .noDefaults(ofTrack: track, at: tfhd.offset)
    }

    /// A track fragment run box, `trun` (8.8.8).
    private mutating func readRun(
      _ box: Box, _ header: TrackFragmentHeader, of track: Int?, _ fragments: inout TrackFragments,
      position: inout UInt64, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      guard let run = try box.value(TrackRun.self, in: &window, into: &reading) else { return }
      if let offset = run.dataOffset {
        position =
          (header.baseOffset ?? (header.isBasedOnFragment ? nil : previousEnd) ?? self.box.offset)
          &+ UInt64(bitPattern: Int64(offset))
      }
      var bytes: UInt64 = 0
      if run.entrySize == 0 {
        fragments.add(run.count, duration: header.duration, size: header.size)
        bytes = UInt64(run.count) * UInt64(header.size)
        var checked: UInt64 = 0
        while checked < bytes, let track,
          try samples?.check(UInt64(header.size), at: position &+ checked, of: track, &window) == true
        {
          checked += UInt64(header.size)
        }
      } else {
        let table = Table(
          in: box, from: box.payload + run.headerSize, entrySize: run.entrySize,
          claimed: UInt64(run.count), into: &reading)
        var reader = TableReader(table)
        let durationField = run.flags & 0x100 != 0
        let sizeField = run.flags & 0x200 != 0
        let offsetField = run.flags & 0x800 != 0
        let sizePosition = durationField ? 4 : 0
        while try reader.advance(in: &window) {
          let size = sizeField ? reader.u32(at: sizePosition) : header.size
          let offset = offsetField ? reader.u32(at: run.entrySize - 4) : 0
          fragments.add(
            duration: durationField ? reader.u32() : header.duration, size: size,
            offset: Int64(Int32(bitPattern: offset)))
          if let track { _ = try samples?.check(UInt64(size), at: position &+ bytes, of: track, &window) }
          bytes += UInt64(size)
        }
      }
      let (end, wraps) = position.addingReportingOverflow(bytes)
      position = wraps ? .max : end
      if bytes > 0, position > lastByte.end { lastByte = (position, box.offset) }
    }
  }

  /// `tfhd` (8.8.7).
  fileprivate struct TrackFragmentHeader: BoxContents {
    let track: UInt32
    let baseOffset: UInt64?
    /// Whether offsets count from the fragment rather than from the previous track's data.
    let isBasedOnFragment: Bool
    private(set) var duration: UInt32 = 0
    private(set) var size: UInt32 = 0
    private let flags: UInt32

    init(parsing span: inout ByteSpan) throws(ReadError) {
      flags = try FullBoxHeader(parsing: &span).flags
      track = try UInt32(parsingBigEndian: &span)
      baseOffset = flags & 1 != 0 ? try UInt64(parsingBigEndian: &span) : nil
      isBasedOnFragment = flags & 0x20000 != 0
      if flags & 2 != 0 { try span.skip(4) }
      if flags & 8 != 0 { duration = try UInt32(parsingBigEndian: &span) }
      if flags & 0x10 != 0 { size = try UInt32(parsingBigEndian: &span) }
    }

    /// Takes missing values from the movie's defaults.
    mutating func fill(_ defaults: FragmentDefaults) {
      if flags & 8 == 0 { duration = defaults.duration }
      if flags & 0x10 == 0 { size = defaults.size }
    }
  }

  /// `tfdt` (8.8.12).
  fileprivate struct DecodeTime: BoxContents {
    let time: UInt64

    init(parsing span: inout ByteSpan) throws(ReadError) {
      let isLong = try FullBoxHeader(parsing: &span).version == 1
      time = isLong ? try UInt64(parsingBigEndian: &span) : UInt64(try UInt32(parsingBigEndian: &span))
    }
  }

  /// The start of a `trun` box.
  fileprivate struct TrackRun: BoxContents {
    let flags: UInt32
    let count: UInt32
    let dataOffset: Int32?
    let headerSize: UInt64

    init(parsing span: inout ByteSpan) throws(ReadError) {
      let start = span.position
      flags = try FullBoxHeader(parsing: &span).flags
      count = try UInt32(parsingBigEndian: &span)
      dataOffset = flags & 1 != 0 ? try Int32(parsingBigEndian: &span) : nil
      if flags & 4 != 0 { try span.skip(4) }
      headerSize = UInt64(span.position - start)
    }

    var entrySize: Int { 4 * (flags >> 8 & 15).nonzeroBitCount }
  }
}
