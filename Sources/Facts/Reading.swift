internal import PreflightBytes

/// What a reader has found so far. It is passed `inout`, so that everything before an error is kept.
@usableFromInline
package struct Reading: Sendable {
  /// What libmagic proposes. The structure decides; only the text reader, which has no structure to check,
  /// uses it.
  package let sniffedType: String?

  /// The type to declare when sending; nil until the reader has recognized its format.
  package var mediaType: MediaType?

  package var facts = Facts()

  /// The faults that make a decoder fail, in the order found; at most a handful.
  @usableFromInline
  package internal(set) var faults: [Fault] = []

  /// The parts that weren't checked because of a limit, in the order found; at most a handful.
  package private(set) var unchecked: [UncheckedPart] = []

  /// A sign that the file may have lost its end although it plays; nil if there is none.
  package var possibleTruncation: PossibleTruncation?

  /// Bytes before the beginning of the format; nil if there are none.
  package var leadingData: LeadingData?

  /// The offset of the first byte after the end of the format, unless all that follows is padding.
  package var trailingDataOffset: UInt64?

  /// The offset of the first byte after the end of the format if only NULs and line ends follow.
  package var paddingOffset: UInt64?

  /// What those bytes are, such as "a ZIP archive", if known.
  package var trailingDataWords: String?

  /// Hidden content, in the order found; at most a handful.
  package internal(set) var hidden: [HiddenContent] = []

  /// The offset of GPS coordinates (EXIF GPS and the like).
  package var locationMetadataOffset: UInt64?

  package init(sniffedType: String? = nil) { self.sniffedType = sniffedType }

  /// Drops the faults of a file that turned out not to have the reader's format: it ended too early to
  /// decide. A reader adds everything else only after it has recognized the format.
  package mutating func forget() {
    if !faults.isEmpty { faults = [] }
  }

  /// Whether enough faults were added.
  @usableFromInline
  package var hasEnoughFaults: Bool { faults.count >= Limits.Reading.faults }

  /// Adds a fault. It isn't even created if there are enough: a hostile file has millions.
  @inlinable
  package mutating func add(_ fault: @autoclosure () -> Fault) {
    if !hasEnoughFaults { faults.append(fault()) }
  }

  /// Notes a part of the file that isn't checked because of a limit. The same part is noted once.
  package mutating func leaveUnchecked(_ part: UncheckedPart) {
    let isKnown = unchecked.contains { $0.what == part.what }
    if !isKnown, unchecked.count < Limits.Reading.unchecked { unchecked.append(part) }
  }

  /// Notes that the data ends where `what` was expected.
  package mutating func addTruncation(of what: String, clause: String, at offset: UInt64) {
    add(
      Fault(
        "truncated", clause: clause, at: offset, "The file ends in the middle of \(what).",
        expected: what, actual: "end of file"))
  }
}
