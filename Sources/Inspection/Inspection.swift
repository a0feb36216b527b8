public import PreflightFacts
internal import PreflightFormats
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
  public var facts: Facts { reading.facts }
  /// Where a decoder trips, in the order found.
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

  private var reading: Reading

  /// The format that has content to decode still; nil once that is done, or where there is no need.
  private var undecoded: (any FormatReader.Type)?

  /// Reads the structure of a file; its content is decoded by ``decode(_:)``.
  ///
  /// - Throws: `ReadError` with `source` when the source can't be read, `SnifferError` when libmagic
  ///   has no database. Whatever the bytes are, they never make it throw.
  package init(_ window: inout ByteWindow, sniffer: Sniffer) throws {
    byteCount = window.byteCount
    sniffedType = try sniffer.mediaType(of: &window)
    reading = Reading(sniffedType: sniffedType)
    // While the first bytes are in memory still.
    let signs = OpeningSigns(try window.available(at: 0, upTo: Limits.Hidden.openingEnd))
    for format in Formats.all {
      try Self.collect(into: &reading) { reading throws(ReadError) in
        try format.read(&window, into: &reading)
      }
      guard reading.mediaType != nil else {
        reading.forget()
        continue
      }
      noteMissingBytes(of: window)
      if reading.faults.isEmpty { undecoded = format }
      break
    }
    do { try reading.noteOtherFormats(signs, &window) } catch {
      switch error.reason {
      case .source: throw error
      case .enough: reading.leaveUnchecked(.rest(from: error.offset))
      // Bytes that make no sense as another format are none.
      case .endOfData, .implausible: break
      }
    }
    mediaType = reading.mediaType ?? Self.mediaType(sniffed: sniffedType)
    if reading.mediaType == nil, let sniffedType, Self.confirmed.contains(sniffedType) {
      reading.add(
        Fault(
          "unconfirmed-type", clause: "", at: 0,
          "The file begins like \(sniffedType), but its header isn't one of that type."))
    }
  }

  /// Decodes the content of a file whose structure is whole, once: what is wrong with it is added to
  /// the faults.
  package mutating func decode(_ window: inout ByteWindow) throws(ReadError) {
    guard let format = undecoded else { return }
    undecoded = nil
    try Self.collect(into: &reading) { reading throws(ReadError) in
      try format.decode(&window, into: &reading)
    }
    noteMissingBytes(of: window)
  }

  /// Not every format says how long it is: text that was cut while it was read is still text.
  private mutating func noteMissingBytes(of window: borrowing ByteWindow) {
    guard reading.faults.isEmpty, let offset = window.missingOffset else { return }
    reading.add(
      Fault(
        "missing-bytes", clause: "", at: offset,
        "The file ends before the size that it had when it was opened.",
        expected: "\(byteCount) bytes", actual: "\(offset) bytes"))
  }

  /// Types of libmagic's that are told here by the structure: a file that no reader takes for one isn't one,
  /// whatever its first bytes look like.
  private static let confirmed: Set<String> = [
    "image/jpeg", "image/png", "image/webp", "video/mp4", "video/3gpp", "audio/mp4", "audio/amr", "audio/aac",
    "audio/ogg", "application/pdf", "application/msword", "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  ]

  /// Runs a reader, and turns what it throws for the bytes' sake into faults, or into a note where as much was
  /// read as may be.
  private static func collect(
    into reading: inout Reading, _ read: (inout Reading) throws(ReadError) -> Void
  ) throws(ReadError) {
    do { try read(&reading) } catch {
      switch error.reason {
      case .source: throw error
      case .enough: reading.leaveUnchecked(.rest(from: error.offset))
      case .endOfData:
        reading.addTruncation(of: "a structure that it has begun", clause: "", at: error.offset)
      case .implausible:
        reading.add(
          Fault(
            "implausible-size", clause: "", at: error.offset,
            "A size or an offset in the file can't be right."))
      }
    }
  }

  /// libmagic's answer under the name that the registry knows it by, where no reader knew better.
  private static func mediaType(sniffed: String?) -> MediaType? {
    guard let sniffed, sniffed.contains("/"), !sniffed.hasPrefix("inode/"),
      sniffed != "application/x-empty"
    else { return nil }
    return MediaType(rawValue: sniffed)
  }
}
