internal import PreflightBytes

/// A part of a file that wasn't checked because of a limit.
///
/// The limits keep the cost of a check proportional to what a file really contains. They say nothing about
/// the file: what lies beyond is unknown, not damaged.
public struct UncheckedPart: Sendable, Hashable {
  /// The part: text that continues "Not checked:", such as "frames after number 10000".
  public let what: String

  /// The limit that was reached, such as "10000 frames".
  public let limit: String

  /// The file offset of the part; nil if it has no single offset.
  public let offset: UInt64?

  /// Creates a note of an unchecked part.
  public init(_ what: String, limit: String, at offset: UInt64? = nil) {
    self.what = what
    self.limit = limit
    self.offset = offset
  }
}

extension UncheckedPart {
  /// The rest of a file of a size, of which the maximum number of bytes was read.
  package static func rest(from offset: UInt64, of byteCount: UInt64) -> UncheckedPart {
    let limit = Limits.size(Limits.Window.bytesRead(of: byteCount))
    return UncheckedPart("the rest of the file", limit: "\(limit) read", at: offset)
  }
}
