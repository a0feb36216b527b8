internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// Reads every sample of the tracks in the order of the file, and checks that its coder can have written it.
  ///
  /// The tables of a movie stay as they are if bytes of its media data are lost, doubled, exchanged or replaced:
  /// only the samples show it.
  struct SampleWalk {
    private var tracks: [(cursor: SampleCursor, check: SampleCheck)] = []
    /// The bytes of samples that may still be read.
    private var left: UInt64

    init(_ movie: Movie, in window: inout ByteWindow) throws(ReadError) {
      left = window.byteCount.multipliedReportingOverflow(by: Limits.ISOBaseMedia.samplesPerFile).partialValue
      // The tables of a compressed movie aren't in the file.
      guard !movie.isCompressed else { return }
      for track in movie.tracks {
        guard let table = track.table, let check = SampleCheck(track),
          let cursor = try SampleCursor(table, in: &window)
        else { continue }
        tracks.append((cursor, check))
      }
    }

    /// Follows the samples to the last one, or to the first fault of each track.
    mutating func follow(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
      while let index = nextTrack, let start = tracks[index].cursor.start {
        // As many samples as follow one another, so that tracks aren't compared for each.
        var end = start
        while tracks[index].cursor.start == end {
          guard let sample = try tracks[index].cursor.next(in: &window) else { break }
          end = sample.upperBound
          guard UInt64(sample.count) <= left else {
            let count = Limits.ISOBaseMedia.samplesPerFile
            return reading.leaveUnchecked(
              UncheckedPart(
                "samples beyond \(count) times the file size", limit: "\(count) times the file size",
                at: sample.lowerBound))
          }
          left -= UInt64(sample.count)
          if let fault = try tracks[index].check.fault(in: sample, &window) {
            reading.add(fault)
            tracks.remove(at: index)
            break
          }
        }
      }
    }

    /// The track whose next sample comes first in the file.
    private var nextTrack: Int? {
      var first: (index: Int, start: UInt64)?
      for (index, track) in tracks.enumerated() {
        guard let start = track.cursor.start else { continue }
        if start < first?.start ?? .max { first = (index, start) }
      }
      return first?.index
    }
  }
}
