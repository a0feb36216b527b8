/// What a faulty program or transfer made of a file.
public struct Mangling: Sendable, Hashable {
  /// What happened.
  public let kind: Kind

  /// What the bytes are now, as the end of the sentence "The file is …", such as "base64 text of a PDF document".
  public let words: String

  /// Creates a note.
  public init(_ kind: Kind, _ words: String) {
    self.kind = kind
    self.words = words
  }

  /// What happened to the bytes, or what was written in their place.
  public enum Kind: Sendable, Hashable, CaseIterable {
    /// The text of a value that isn't the bytes: `undefined`, `[object Object]`.
    case value
    /// A Git LFS pointer.
    case pointer
    /// An HTTP message with its header.
    case httpMessage
    /// A part of a form or of a mail with its header.
    case part
    /// A data URL.
    case dataURL
    /// A list of numbers: the text or the JSON of a buffer.
    case list
    /// A literal in source code, or a text with escapes.
    case literal
    /// Percent-encoded, hexadecimal, uuencoded and base64 text.
    case percentEncoding, hexadecimal, uuencoding, base64
    /// A binary file in UTF-16.
    case utf16
    /// An error message, a page or JSON in place of the file.
    case message
    /// The source of a script that was to make the file.
    case script
    /// Bytes that were read as text: what couldn't be decoded is lost.
    case readAsText
    /// Bytes that were written as UTF-8.
    case writtenAsUTF8
    /// A carriage return before every line feed.
    case lineEnds
  }
}
