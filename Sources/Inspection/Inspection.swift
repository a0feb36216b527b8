internal import PreflightBytes
public import PreflightFacts
internal import PreflightFormats

/// All that the bytes of one file say, before any policy.
public struct Inspection: Sendable {
  /// The number of bytes.
  public let byteCount: UInt64
  /// How deep the file was looked into.
  public let depth: Depth
  /// The type to declare when sending, from the structure where it is known, else from libmagic; of a
  /// password-protected Office document, which doesn't show its inner type, the one that its name says.
  public let mediaType: MediaType?
  /// libmagic's answer as it gave it.
  public var sniffedType: String? { reading.sniffedType }
  /// What was read.
  public var facts: Facts { reading.facts }
  /// Where the file breaks its format's specification in a way that a decoder fails on, in the order found.
  public var faults: [Fault] { reading.faults }
  /// What was not looked at because a limit of ours was reached.
  public var unchecked: [UncheckedPart] { reading.unchecked }
  /// Where bytes begin that stand after the end that the format declares.
  public var trailingDataOffset: UInt64? { reading.trailingDataOffset }
  /// What those bytes are, in words such as "a ZIP archive"; nil where that can't be told.
  public var trailingDataWords: String? { reading.trailingDataWords }
  /// What the file carries beside what it shows, in the order found.
  public var hidden: [HiddenContent] { reading.hidden }
  /// Where a note of the place stands at which the media was made.
  public var locationMetadataOffset: UInt64? { reading.locationMetadataOffset }

  private let reading: Reading

  init(byteCount: UInt64, depth: Depth, mediaType: MediaType?, reading: Reading) {
    self.byteCount = byteCount
    self.depth = depth
    self.mediaType = mediaType
    self.reading = reading
  }
}

/// How deep a file is looked into.
public enum Depth: String, Sendable, Hashable, CaseIterable {
  /// Headers, tables, and checksums of what is small.
  case structure
  /// What the verdict hangs on is decoded as well: image data, WebP frames, members of Office documents.
  case content
}
