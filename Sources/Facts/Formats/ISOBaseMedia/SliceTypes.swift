internal import PreflightBytes

extension ISOBaseMedia {
  /// Looks into the first pictures of an AVC stream where neither the index nor the codec's headers say
  /// whether there are B slices: some writers lose the times at which pictures are shown.
  enum SliceTypes {
    /// Enough to meet a B picture wherever an encoder makes them.
    static let maximumSamples = 8
    private static let maximumUnits = 16

    static func hasBSlice(
      _ samples: [Range<UInt64>], lengthSize: Int, in window: inout ByteWindow
    ) throws(ReadError) -> Bool {
      for sample in samples {
        if try hasBSlice(in: sample, lengthSize: lengthSize, &window) { return true }
      }
      return false
    }

    /// Whether the first slice of a sample is a B slice (ITU-T H.264, 7.3.1 and 7.3.3).
    private static func hasBSlice(
      in sample: Range<UInt64>, lengthSize: Int, _ window: inout ByteWindow
    ) throws(ReadError) -> Bool {
      var position = sample.lowerBound
      for _ in 0..<maximumUnits where position < sample.upperBound {
        var span = try window.available(at: position, upTo: lengthSize + 24)
        guard span.remaining > lengthSize else { return false }
        let length = try UInt64(parsingBigEndian: &span, byteCount: lengthSize)
        let unit = try span.array(Int(clamping: min(length, UInt64(span.remaining))))
        guard let first = unit.first else { return false }
        if first & 31 == 1 || first & 31 == 5 {
          var bits = BitReader(rawByteSequenceOf: unit)
          guard (try? bits.skip(8)) != nil, (try? bits.unsignedExpGolomb()) != nil,
            let type = try? bits.unsignedExpGolomb()
          else { return false }
          return type % 5 == 1
        }
        let (next, overflow) = position.addingReportingOverflow(length &+ UInt64(lengthSize))
        if overflow || length > sample.upperBound - position { return false }
        position = next
      }
      return false
    }
  }
}
