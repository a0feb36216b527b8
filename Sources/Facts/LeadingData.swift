/// Bytes before the beginning of a format that don't belong to it.
public struct LeadingData: Sendable, Hashable {
  /// How many there are. The format begins at this file offset.
  public let byteCount: UInt64

  /// Whether the programs that open the format search for its beginning, so that the file opens all the same.
  public let isSkippedByDecoders: Bool

  /// What the bytes are, such as "an HTTP header"; nil if unknown.
  public let words: String?

  /// Creates a note of leading bytes.
  public init(byteCount: UInt64, isSkippedByDecoders: Bool, words: String?) {
    self.byteCount = byteCount
    self.isSkippedByDecoders = isSkippedByDecoders
    self.words = words
  }
}
