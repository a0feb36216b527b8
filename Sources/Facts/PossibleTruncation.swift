/// A sign that a file that plays may have lost its end.
public struct PossibleTruncation: Sendable, Hashable {
  /// One sentence, with a full stop, that says what is missing.
  public let message: String

  /// The specification with its section, such as "RFC 3533 6".
  public let clause: String

  /// The file offset at which more was expected; nil if there is no single one.
  public let offset: UInt64?

  /// Creates a sign.
  public init(message: String, clause: String, at offset: UInt64?) {
    self.message = message
    self.clause = clause
    self.offset = offset
  }
}
