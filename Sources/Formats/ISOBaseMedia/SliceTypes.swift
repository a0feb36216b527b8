internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// Reads the first pictures of an AVC stream if neither the index nor the codec's headers say whether there
  /// are B slices: some writers lose the display times.
  enum SliceTypes {
    static func hasBSlice(
      _ samples: [Range<UInt64>], lengthSize: Int, in window: inout ByteWindow
    ) throws(ReadError) -> Bool {
      for sample in samples {
        if try hasBSlice(in: sample, lengthSize: lengthSize, &window) { return true }
      }
      return false
    }

    /// Whether the first slice of a sample is a B slice.
    private static func hasBSlice(
      in sample: Range<UInt64>, lengthSize: Int, _ window: inout ByteWindow
    ) throws(ReadError) -> Bool {
      var units = NALUnits(of: sample, lengthSize: lengthSize)
      for _ in 0..<Limits.ISOBaseMedia.units {
        guard let unit = try units.next(in: &window) else { return false }
        if let slice = SliceHeader(unit: unit) { return slice.type % 5 == 1 }
      }
      return false
    }
  }
}
