internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// When a track's samples are decoded and shown: `stts` and `ctts` (ISO/IEC 14496-12, 8.6.1).
  struct SampleTiming {
    /// How many samples the time table counts.
    private(set) var sampleCount: UInt64 = 0
    /// How long they last, in the track's units.
    private(set) var duration: UInt64 = 0
    /// When the last sample has been shown, at the latest.
    private(set) var latestEnd: UInt64 = 0
    /// Whether samples are displayed in a different order than they are stored.
    private(set) var isReordered = false

    init(
      times: Table, offsets: Table?, in window: inout ByteWindow
    ) throws(ReadError) {
      var reader = TableReader(times)
      while try reader.advance(in: &window) {
        let count = UInt64(reader.u32())
        sampleCount += count
        let (sum, overflow) = duration.addingReportingOverflow(count * Self.delta(reader.u32(at: 4)))
        duration = overflow ? .max : sum
      }
      let latestOffset = try offsets.map { offsets throws(ReadError) in try Self.latest(offsets, in: &window)
      }
      let (end, overflow) = duration.addingReportingOverflow(latestOffset ?? 0)
      latestEnd = overflow ? .max : end
      if let offsets, offsets.count > 1 {
        isReordered = try Self.isReordered(times, offsets, in: &window)
      }
    }

    /// The most by which a sample is shown later than it is decoded.
    private static func latest(_ offsets: Table, in window: inout ByteWindow) throws(ReadError) -> UInt64 {
      var reader = TableReader(offsets)
      var latest: Int32 = 0
      while try reader.advance(in: &window) { latest = max(latest, Int32(bitPattern: reader.u32(at: 4))) }
      return UInt64(latest)
    }

    /// Old recorders wrote small negative differences, which players treat as the smallest one.
    private static func delta(_ value: UInt32) -> UInt64 { value > UInt32(Int32.max) ? 1 : UInt64(value) }

    /// Walks both tables side by side until a sample is due before one that precedes it. Within a run of
    /// equal differences and equal offsets that can't happen, so only the ends of runs are checked.
    private static func isReordered(
      _ times: Table, _ offsets: Table, in window: inout ByteWindow
    ) throws(ReadError) -> Bool {
      var times = TableReader(times)
      var offsets = TableReader(offsets)
      var time: Int64 = 0
      var latest = Int64.min
      var timeRun: UInt32 = 0
      var offsetRun: UInt32 = 0
      while true {
        while timeRun == 0 {
          guard try times.advance(in: &window) else { return false }
          timeRun = times.u32()
        }
        while offsetRun == 0 {
          guard try offsets.advance(in: &window) else { return false }
          offsetRun = offsets.u32()
        }
        let count = min(timeRun, offsetRun)
        let delta = Int64(delta(times.u32(at: 4)))
        // Both versions of the box are read as signed: no real offset needs the 32nd bit.
        let shown = time &+ Int64(Int32(bitPattern: offsets.u32(at: 4)))
        if shown < latest { return true }
        latest = shown &+ delta &* Int64(count - 1)
        time = time &+ delta &* Int64(count)
        timeRun -= count
        offsetRun -= count
      }
    }
  }
}
