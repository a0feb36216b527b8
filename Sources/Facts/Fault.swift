/// A place where a file breaks the format's specification in a way that a decoder trips on.
public struct Fault: Sendable, Hashable {
  /// The fault's own name, such as `crc-mismatch`, unique within its format.
  public let name: String

  /// The specification's name and section that it breaks, such as "PNG 5.3".
  public let clause: String

  /// One sentence, with a full stop, that says what is wrong.
  public let message: String

  /// The file offset of the first byte that is wrong, or at which the data ends.
  public let offset: UInt64?

  /// What the specification wants there.
  public let expected: String?

  /// What is there.
  public let actual: String?

  /// Creates a fault.
  public init(
    _ name: String, clause: String, at offset: UInt64?, _ message: String,
    expected: String? = nil, actual: String? = nil
  ) {
    self.name = name
    self.clause = clause
    self.offset = offset
    self.message = message
    self.expected = expected
    self.actual = actual
  }
}
