internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// Whether a decoder with the configuration in `avcC` can decode the first pictures.
  struct FirstPictures {
    private var hasSequenceSet = false
    private var hasPictureSet = false
    private var hasBegun = false
    /// A slice whose picture parameter set isn't there.
    private var unknownSet: Fault?

    /// The fault that prevents decoding any of the pictures.
    static func fault(
      _ samples: [Range<UInt64>], _ configuration: AVCConfiguration, in window: inout ByteWindow
    ) throws(ReadError) -> Fault? {
      guard let first = samples.first else { return nil }
      var misfit: Fault?
      for sample in samples {
        var units = NALUnits(of: sample, lengthSize: configuration.lengthSize)
        if try units.next(in: &window) != nil {
          misfit = nil
          break
        }
        // What lies past the end of the file is reported elsewhere.
        guard let length = units.badLength else { return nil }
        if misfit == nil {
          misfit = .unitPastSample(
            length, sample: sample.upperBound - sample.lowerBound, at: sample.lowerBound)
        }
      }
      if let misfit { return misfit }
      var pictures = FirstPictures()
      try pictures.look(at: first, configuration, &window)
      return pictures.conclude(configuration)
    }

    private mutating func look(
      at sample: Range<UInt64>, _ configuration: AVCConfiguration, _ window: inout ByteWindow
    ) throws(ReadError) {
      var units = NALUnits(of: sample, lengthSize: configuration.lengthSize)
      for _ in 0..<Limits.ISOBaseMedia.units {
        guard let unit = try units.next(in: &window) else { return }
        switch unit.first.map({ $0 & 31 }) {
        case 7: hasSequenceSet = true
        case 8: hasPictureSet = true
        default:
          guard let slice = SliceHeader(unit: unit) else { continue }
          hasBegun = true
          if !configuration.pictureSets.contains(slice.pictureSet) {
            unknownSet = .unknownPictureParameterSet(slice.pictureSet, at: sample.lowerBound)
          }
          return
        }
      }
    }

    private func conclude(_ configuration: AVCConfiguration) -> Fault? {
      // Parameter sets may precede the pictures instead, or be repeated there.
      guard hasBegun, !hasPictureSet else { return nil }
      if let missing = configuration.missing { return missing }
      return hasSequenceSet ? nil : unknownSet
    }
  }
}
