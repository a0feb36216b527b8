internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The NAL units of a sample, each after its length (ISO/IEC 14496-15, 5.3.2).
  struct NALUnits {
    private let lengthSize: Int
    private var position: UInt64
    private let end: UInt64
    /// An invalid length: zero, or more than the rest of the sample.
    private(set) var badLength: UInt64?

    init(of sample: Range<UInt64>, lengthSize: Int) {
      self.lengthSize = lengthSize
      position = sample.lowerBound
      end = sample.upperBound
    }

    /// The start of the next unit, up to 24 bytes; nil at the end of the sample or of the file, or if a
    /// length is invalid.
    mutating func next(in window: inout ByteWindow) throws(ReadError) -> [UInt8]? {
      guard position < end, badLength == nil else { return nil }
      var span = try window.available(at: position, upTo: lengthSize + 24)
      guard span.remaining > lengthSize else { return nil }
      let length = try UInt64(parsingBigEndian: &span, byteCount: lengthSize)
      let room = end - position
      guard length > 0, room > UInt64(lengthSize), length <= room - UInt64(lengthSize) else {
        badLength = length
        return nil
      }
      position += UInt64(lengthSize) + length
      return try span.array(Int(clamping: min(length, UInt64(span.remaining))))
    }
  }

  /// The start of a slice's header (ITU-T H.264, 7.3.3).
  struct SliceHeader {
    let type: UInt32
    let pictureSet: UInt32

    /// nil if the unit isn't a slice of a picture, or too short for one.
    init?(unit: [UInt8]) {
      guard let first = unit.first, first & 31 == 1 || first & 31 == 5 else { return nil }
      var bits = BitReader(rawByteSequenceOf: unit)
      guard (try? bits.skip(8)) != nil, (try? bits.unsignedExpGolomb()) != nil,
        let type = try? bits.unsignedExpGolomb(), let pictureSet = try? bits.unsignedExpGolomb()
      else { return nil }
      self.type = type
      self.pictureSet = pictureSet
    }
  }
}
