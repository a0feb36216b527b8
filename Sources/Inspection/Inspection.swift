internal import PreflightBytes
public import PreflightFacts
internal import PreflightFormats

/// Everything that the bytes of one file state, before any policy.
public struct Inspection: Sendable {
  /// The number of bytes.
  public let byteCount: UInt64
  /// How deep the file was looked into.
  public let depth: Depth
  /// The type to declare when sending: from the structure if known, otherwise from libmagic. A
  /// password-protected Office document doesn't show its inner type, so its type comes from the file name.
  public let mediaType: MediaType?
  /// libmagic's answer as it gave it.
  public var sniffedType: String? { reading.sniffedType }
  /// What was read.
  public var facts: Facts { reading.facts }
  /// The violations of the format's specification that make a decoder fail, in the order found.
  public var faults: [Fault] { reading.faults }
  /// The parts that weren't checked because of a limit.
  public var unchecked: [UncheckedPart] { reading.unchecked }
  /// A sign that the file may have lost its end although it plays; nil if there is none.
  public var possibleTruncation: PossibleTruncation? { reading.possibleTruncation }
  /// Bytes before the beginning of the format; nil if there are none.
  public var leadingData: LeadingData? { reading.leadingData }
  /// What a faulty program or transfer made of the file; nil if nothing of the kind shows.
  public let mangling: Mangling?
  /// The file offset, in bytes, of the first byte after the end of the format; nil if there is none, or if only
  /// padding follows.
  public var trailingDataOffset: UInt64? { reading.trailingDataOffset }
  /// The file offset, in bytes, of the padding (NULs and line ends) after the end of the format; nil if there is
  /// none, or if other bytes follow as well.
  public var paddingOffset: UInt64? { reading.paddingOffset }
  /// What the trailing data is, such as "a ZIP archive"; nil if unknown.
  public var trailingDataWords: String? { reading.trailingDataWords }
  /// Hidden content, in the order found.
  public var hidden: [HiddenContent] { reading.hidden }
  /// The file offset, in bytes, of GPS coordinates; nil if there are none.
  public var locationMetadataOffset: UInt64? { reading.locationMetadataOffset }

  private let reading: Reading

  init(byteCount: UInt64, depth: Depth, mediaType: MediaType?, reading: Reading, mangling: Mangling?) {
    self.byteCount = byteCount
    self.depth = depth
    self.mediaType = mediaType
    self.mangling = mangling
    self.reading = reading
  }
}

/// How deep a file is looked into.
public enum Depth: String, Sendable, Hashable, CaseIterable, Codable {
  /// Headers, tables, and checksums of small parts.
  case structure
  /// Also decodes what the verdict depends on: image data, samples and frames of audio and video, the streams of PDF and
  /// Office documents.
  case content
}
