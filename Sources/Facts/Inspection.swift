package import PreflightBytes

/// All that the bytes of one file say, before any policy.
public struct Inspection: Sendable {
  /// The number of bytes.
  public let byteCount: UInt64
  /// The type to declare when sending, from the structure where it is known, else from libmagic.
  public package(set) var mediaType: MediaType?
  /// libmagic's answer as it gave it.
  public let sniffedType: String?
  /// What was read.
  public let facts: Facts
  /// Where a decoder trips, in the order found.
  public let faults: [Fault]
  /// Where bytes begin that stand after the end that the format declares.
  public let trailingDataOffset: UInt64?
  /// Where a note of the place stands at which the media was made.
  public let locationMetadataOffset: UInt64?

  /// Reads a file.
  ///
  /// - Throws: `ReadError` with `source` when the source can't be read, `SnifferError` when libmagic
  ///   has no database. Whatever the bytes are, they never make it throw.
  package init(_ window: inout ByteWindow, sniffer: Sniffer) throws {
    byteCount = window.byteCount
    sniffedType = try sniffer.mediaType(of: &window)
    let reading = try Self.read(&window, sniffedType: sniffedType)
    mediaType = reading.mediaType ?? Self.mediaType(sniffed: sniffedType)
    facts = reading.facts
    faults = reading.faults
    trailingDataOffset = reading.trailingDataOffset
    locationMetadataOffset = reading.locationMetadataOffset
  }

  private static func read(
    _ window: inout ByteWindow, sniffedType: String?
  ) throws(ReadError) -> Reading {
    for format in Formats.all {
      var reading = Reading(sniffedType: sniffedType)
      do {
        try format.read(&window, into: &reading)
      } catch {
        switch error.reason {
        case .source: throw error
        case .endOfData:
          reading.addTruncation(of: "a structure that it has begun", clause: "", at: error.offset)
        case .implausible:
          reading.add(
            Fault(
              "implausible-size", clause: "", at: error.offset,
              "A size or an offset in the file can't be right."))
        }
      }
      if reading.mediaType != nil { return reading }
    }
    return Reading()
  }

  /// libmagic's answer under the name that the registry knows it by, where no reader knew better.
  private static func mediaType(sniffed: String?) -> MediaType? {
    guard let sniffed, sniffed.contains("/"), !sniffed.hasPrefix("inode/"),
      sniffed != "application/x-empty"
    else { return nil }
    return MediaType(rawValue: sniffed)
  }
}
