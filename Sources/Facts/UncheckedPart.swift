internal import PreflightBytes

/// A part of a file that was not looked at because a limit of ours was reached.
///
/// The limits keep what a check costs in proportion to what a file really holds. They say nothing about the
/// file: what lies beyond one is unknown, never damaged.
public struct UncheckedPart: Sendable, Hashable {
  /// What was not looked at, as a sentence goes on after "Not checked:", such as "frames after number 10000".
  public let what: String

  /// The limit that was reached, in words, such as "10000 frames".
  public let limit: String

  /// The file offset at which the part begins; nil where it has no one place.
  public let offset: UInt64?

  /// Creates a note of an unchecked part.
  public init(_ what: String, limit: String, at offset: UInt64? = nil) {
    self.what = what
    self.limit = limit
    self.offset = offset
  }
}

extension UncheckedPart {
  /// What is left of a file of which as much was read as is read of any.
  package static func rest(from offset: UInt64) -> UncheckedPart {
    UncheckedPart("the rest of the file", limit: "\(Limits.size(Limits.Window.bytesRead)) read", at: offset)
  }
}
