/// What a faulty program or transfer made of a file.
public struct Mangling: Sendable, Hashable {
  /// What the bytes are now, as the end of the sentence "The file is …", such as "base64 text of a PDF".
  public let words: String

  /// How to get the original back, or to avoid it, in a sentence with a full stop.
  public let remedy: String

  /// The file offset at which it shows.
  public let offset: UInt64?

  /// Whether the bytes are a text, which is right under the name of a text and wrong under any other.
  public let isText: Bool

  /// Creates a note.
  public init(_ words: String, remedy: String, at offset: UInt64? = nil, isText: Bool) {
    self.words = words
    self.remedy = remedy
    self.offset = offset
    self.isText = isText
  }
}
