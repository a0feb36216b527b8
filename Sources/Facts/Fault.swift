/// A violation of the format's specification that makes a decoder fail.
public struct Fault: Sendable, Hashable {
  /// The fault's name, such as `crc-mismatch`, unique within its format.
  public let name: String

  /// The violated specification with its section, such as "PNG 5.3".
  public let clause: String

  /// One sentence, with a full stop, that says what is wrong.
  public let message: String

  /// The file offset of the first wrong byte, or of the end of the data.
  public let offset: UInt64?

  /// What the specification requires there.
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
