internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// Checks that the coder of each track can have written its samples, up to the track's first fault.
  ///
  /// The tables of a movie stay as they are if bytes of its media data are lost, doubled, exchanged or replaced:
  /// only the samples show it.
  struct SampleChecks {
    private(set) var faults: [Fault] = []
    /// The samples that weren't looked at.
    private(set) var unchecked: UncheckedPart?
    /// What holds for the samples of each track, by its index in the movie.
    private var checks: [Int: SampleCheck] = [:]
    private let fileByteCount: UInt64
    /// The bytes of samples that may still be read.
    private var left: UInt64

    init(_ movie: Movie, fileByteCount: UInt64) {
      self.fileByteCount = fileByteCount
      left = fileByteCount.multipliedReportingOverflow(by: Limits.ISOBaseMedia.samplesPerFile).partialValue
      for (index, track) in movie.tracks.enumerated() { checks[index] = SampleCheck(track) }
    }

    /// Whether more samples of a track are to be checked.
    func wantsSamples(of track: Int) -> Bool { checks[track] != nil }

    /// Checks a sample that is in the file; others are reported elsewhere.
    ///
    /// - Returns: Whether the track's next sample is to be checked.
    mutating func check(
      _ byteCount: UInt64, at start: UInt64, of track: Int, _ window: inout ByteWindow
    ) throws(ReadError) -> Bool {
      guard let check = checks[track], start <= fileByteCount, byteCount <= fileByteCount - start
      else { return false }
      guard byteCount <= left else {
        let count = Limits.ISOBaseMedia.samplesPerFile
        unchecked = UncheckedPart(
          "samples beyond \(count) times the file size", limit: "\(count) times the file size",
          at: start)
        checks = [:]
        return false
      }
      left -= byteCount
      guard let fault = try check.fault(in: start..<start + byteCount, &window) else { return true }
      faults.append(fault)
      checks[track] = nil
      return false
    }
  }

  /// The samples of all tracks of the movie box in the order of the file.
  struct SampleWalk {
    private var cursors: [(track: Int, samples: SampleCursor)] = []

    init(_ movie: Movie, for checks: SampleChecks, in window: inout ByteWindow) throws(ReadError) {
      // The tables of a compressed movie aren't in the file.
      guard !movie.isCompressed else { return }
      for (index, track) in movie.tracks.enumerated() where checks.wantsSamples(of: index) {
        guard let table = track.table, let cursor = try SampleCursor(table, in: &window) else { continue }
        cursors.append((index, cursor))
      }
    }

    /// Follows the samples to the last one, or to the first fault of each track.
    mutating func follow(_ window: inout ByteWindow, _ checks: inout SampleChecks) throws(ReadError) {
      while let index = nextCursor, let start = cursors[index].samples.start {
        let track = cursors[index].track
        // As many samples as follow one another, so that tracks aren't compared for each.
        var end = start
        while cursors[index].samples.start == end, let sample = try cursors[index].samples.next(in: &window),
          try checks.check(UInt64(sample.count), at: sample.lowerBound, of: track, &window)
        {
          end = sample.upperBound
        }
        if !checks.wantsSamples(of: track) { cursors.remove(at: index) }
      }
    }

    /// The cursor whose next sample comes first in the file.
    private var nextCursor: Int? {
      var first: (index: Int, start: UInt64)?
      for (index, cursor) in cursors.enumerated() {
        guard let start = cursor.samples.start else { continue }
        if start < first?.start ?? .max { first = (index, start) }
      }
      return first?.index
    }
  }
}
