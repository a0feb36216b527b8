internal import PreflightBytes

/// What a reader has found so far. It is handed down `inout`, so that what was read before a file
/// breaks off is kept.
@usableFromInline
package struct Reading: Sendable {
  /// What libmagic proposes. The structure decides; only the text reader, which has none to go by,
  /// weighs it.
  package let sniffedType: String?

  /// The type to declare when sending, or nil while the reader hasn't recognised its format.
  package var mediaType: MediaType?

  package var facts = Facts()

  /// Where a decoder trips, in the order found; at most a handful.
  @usableFromInline
  package internal(set) var faults: [Fault] = []

  /// What was not looked at because a limit of ours was reached, in the order found; at most a handful.
  package private(set) var unchecked: [UncheckedPart] = []

  /// Where bytes begin that stand after the end that the format declares.
  package var trailingDataOffset: UInt64?

  /// What stands there, in words, where that can be told.
  package var trailingDataWords: String?

  /// What the file carries beside what it shows, in the order found; at most a handful.
  package internal(set) var hidden: [HiddenContent] = []

  /// Where a note of the place stands at which the media was made (EXIF GPS and the like).
  package var locationMetadataOffset: UInt64?

  package init(sniffedType: String? = nil) { self.sniffedType = sniffedType }

  /// Drops what was noted of a file that isn't of a reader's format: where it ended before the reader had seen
  /// enough. All else a reader notes once it knows that the file is its own.
  package mutating func forget() {
    if !faults.isEmpty { faults = [] }
  }

  /// Whether another fault would say nothing more.
  @usableFromInline
  package var hasEnoughFaults: Bool { faults.count >= Limits.Reading.faults }

  /// Notes a fault. It isn't even made where there are enough: a hostile file has millions.
  @inlinable
  package mutating func add(_ fault: @autoclosure () -> Fault) {
    if !hasEnoughFaults { faults.append(fault()) }
  }

  /// Notes a part of the file that is not looked at because a limit of ours was reached; the same part of the
  /// format is noted once.
  package mutating func leaveUnchecked(_ part: UncheckedPart) {
    let isKnown = unchecked.contains { $0.what == part.what }
    if !isKnown, unchecked.count < Limits.Reading.unchecked { unchecked.append(part) }
  }

  /// Notes that the data ends where `what` was wanted.
  package mutating func addTruncation(of what: String, clause: String, at offset: UInt64) {
    add(
      Fault(
        "truncated", clause: clause, at: offset, "The file ends in the middle of \(what).",
        expected: what, actual: "end of file"))
  }
}
