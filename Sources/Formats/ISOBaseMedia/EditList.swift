internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// Which parts of its media a track shows: `elst` (ISO/IEC 14496-12, 8.6.6).
  struct EditList {
    /// Where in the media the earliest part begins, in the track's units.
    private let start: UInt64
    private let box: Box

    /// nil if no part is of the media.
    ///
    /// - Parameter edits: The `edts` box.
    init?(in edits: Box, in window: inout ByteWindow) throws(ReadError) {
      // Players play on without a list that they can't read.
      var ignored = Reading()
      var children = Children(of: edits, reportsFaults: false)
      while let child = try children.next(in: &window, into: &ignored) {
        guard child.type == "elst", child.payloadCount >= 8 else { continue }
        let isLong = try window.bigEndian(UInt8.self, at: child.payload) == 1
        guard
          let table = try Table(counted: child, entrySize: isLong ? 20 : 12, in: &window, into: &ignored)
        else { return nil }
        var start: UInt64?
        var reader = TableReader(table)
        while try reader.advance(in: &window) {
          // media_time; it is -1 for an empty edit, which shows nothing for a while.
          let time =
            isLong ? Int64(bitPattern: reader.u64(at: 8)) : Int64(Int32(bitPattern: reader.u32(at: 4)))
          if time >= 0 { start = min(start ?? .max, UInt64(time)) }
        }
        guard let start else { return nil }
        (self.start, box) = (start, child)
        return
      }
      return nil
    }

    /// The fault of a list that shows nothing of the media.
    ///
    /// - Parameter end: When the media has ended for certain, in the track's units.
    func fault(ofMediaEndingAt end: UInt64) -> Fault? {
      guard start >= end else { return nil }
      return Fault(
        "edit-past-media", clause: "ISO/IEC 14496-12 8.6.6", at: box.offset,
        "The edit list of a track begins at or after the end of its media, so nothing of it is played.",
        expected: "media_time < \(end)", actual: "\(start)")
    }
  }
}
