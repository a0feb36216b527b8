internal import PreflightFacts

/// The faults in what a decoder gets before the first sample: its configuration and the parameter sets.
extension Fault {
  static func configurationVersion(_ version: UInt8, at offset: UInt64) -> Fault {
    Fault(
      "unknown-configuration-version", clause: "ISO/IEC 14496-15 5.3.3.1", at: offset,
      "The “avcC” box has an unsupported version.",
      expected: "configurationVersion 1", actual: "\(version)")
  }

  static func reservedLengthSize(at offset: UInt64) -> Fault {
    Fault(
      "reserved-length-size", clause: "ISO/IEC 14496-15 5.3.3.1", at: offset,
      "The “avcC” box uses a reserved NAL unit length size (3 bytes).",
      expected: "lengthSizeMinusOne 0, 1 or 3", actual: "2")
  }

  static func parameterSetPastBox(at offset: UInt64) -> Fault {
    Fault(
      "parameter-set-past-box", clause: "ISO/IEC 14496-15 5.3.3.1", at: offset,
      "The “avcC” box ends before the parameter sets that it declares.",
      expected: "a parameter set", actual: "end of the box")
  }

  static func sequenceParameterSet(_ defect: ISOBaseMedia.SyntaxDefect, at offset: UInt64) -> Fault {
    syntax(
      "invalid-sequence-parameter-set", clause: "ITU-T H.264 7.3.2.1.1", at: offset,
      "The sequence parameter set", defect)
  }

  static func pictureParameterSet(_ defect: ISOBaseMedia.SyntaxDefect, at offset: UInt64) -> Fault {
    syntax(
      "invalid-picture-parameter-set", clause: "ITU-T H.264 7.3.2.2", at: offset,
      "The picture parameter set", defect)
  }

  static func audioConfiguration(_ defect: ISOBaseMedia.SyntaxDefect, at offset: UInt64) -> Fault {
    syntax(
      "invalid-audio-configuration", clause: "ISO/IEC 14496-3 1.6.2.1", at: offset,
      "The AudioSpecificConfig", defect)
  }

  private static func syntax(
    _ name: String, clause: String, at offset: UInt64, _ what: String, _ defect: ISOBaseMedia.SyntaxDefect
  ) -> Fault {
    guard let actual = defect.actual else {
      return Fault(
        name, clause: clause, at: offset, "\(what) is truncated before \(defect.element).",
        expected: defect.element, actual: "end of the data")
    }
    return Fault(
      name, clause: clause, at: offset, "\(what) has an invalid value for \(defect.element).",
      expected: defect.expected, actual: actual)
  }

  static func noSequenceParameterSet(at offset: UInt64) -> Fault {
    Fault(
      "missing-sequence-parameter-set", clause: "ISO/IEC 14496-15 5.3.3.1", at: offset,
      "The sequence parameter set is missing, so the video can't be decoded.",
      expected: "a sequence parameter set", actual: "none")
  }

  static func noPictureParameterSet(at offset: UInt64) -> Fault {
    Fault(
      "missing-picture-parameter-set", clause: "ISO/IEC 14496-15 5.3.3.1", at: offset,
      "The picture parameter set is missing, so the video can't be decoded.",
      expected: "a picture parameter set", actual: "none")
  }

  static func unknownPictureParameterSet(_ identifier: UInt32, at offset: UInt64) -> Fault {
    Fault(
      "unknown-picture-parameter-set", clause: "ITU-T H.264 7.4.3", at: offset,
      "The first picture refers to a missing picture parameter set.",
      expected: "a picture parameter set with this identifier", actual: "\(identifier)")
  }

  static func unitPastSample(_ length: UInt64, sample: UInt64, at offset: UInt64) -> Fault {
    Fault(
      "nal-unit-past-sample", clause: "ISO/IEC 14496-15 5.3.2", at: offset,
      "The video samples can't be split into NAL units: the sample table or the NAL unit length size is wrong.",
      expected: "a length from 1 to \(sample)", actual: "\(length)")
  }

  static func descriptorTag(_ tag: UInt8, _ name: String, _ expected: UInt8, at offset: UInt64) -> Fault {
    Fault(
      "missing-descriptor", clause: "ISO/IEC 14496-1 7.2.6", at: offset,
      "The “esds” box lacks a required descriptor.",
      expected: "\(name) (\(expected))", actual: "\(tag)")
  }

  static func descriptorPastBox(_ size: Int, room: Int, at offset: UInt64) -> Fault {
    Fault(
      "descriptor-past-box", clause: "ISO/IEC 14496-1 7.2.6.7", at: offset,
      "The decoder configuration is longer than the “esds” box that contains it.",
      expected: "≤ \(room) bytes", actual: "\(size) bytes")
  }
}
