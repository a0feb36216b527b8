package import PreflightBytes
public import PreflightFacts

/// A format: what its files are called and how they are read. One value in the format's own file, and one line
/// in ``Format/all``; every table of media types, names and extensions is derived from these.
package struct Format: Sendable {
  /// The name for people, such as "JPEG".
  package let name: String

  /// The media types that files of the format have.
  package let mediaTypes: [MediaType.Description]

  /// In what way a file of the format could hide another.
  package let hiding: Hiding

  /// How a file is recognised and read.
  package let reader: any FormatReader.Type

  /// In what way a file could hide one of another format.
  package enum Hiding: Sendable {
    /// An image, video or audio file: bytes before the first and behind the last part are passed over.
    case media
    /// A document whose header needn't stand at the start.
    case document
    /// An archive, which is found by its end.
    case archive
    /// A compound file of sectors.
    case compoundFile
    case program
    /// Texts speak of other formats, and files of other kinds aren't accepted anyway.
    case none
  }

  package init(
    _ name: String, reader: any FormatReader.Type, hiding: Hiding, mediaTypes: [MediaType.Description]
  ) {
    self.name = name
    self.reader = reader
    self.hiding = hiding
    self.mediaTypes = mediaTypes
  }
}

/// How a format is recognised and read.
package protocol FormatReader: Sendable {
  /// Reads the file behind `window` into `reading`.
  ///
  /// The reader decides from the bytes alone whether the file is of its format; where it is not, it
  /// returns with `reading.mediaType` nil and nothing noted, and the next format is asked. Reading past the end may
  /// simply throw: the caller turns `endOfData` and `implausible` into faults once the format has been
  /// recognised, and keeps what was read.
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError)

  /// Decodes the content of a file that ``read(_:into:)`` has recognised and found whole, where that costs
  /// much more than reading its structure, and adds a fault where it can't be decoded.
  ///
  /// It is asked only where the answer still matters: of a file that is refused anyway it is not.
  static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError)
}

extension FormatReader {
  /// Most formats are read to the end by ``read(_:into:)``.
  package static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {}
}

extension MediaType {
  /// What is known of a media type besides its name.
  public struct Description: Sendable {
    /// The type.
    public let mediaType: MediaType
    /// The name that people use, with its article, such as "a PNG image".
    public let phrase: String
    /// The extensions in use, without the dot, in lower case; the usual one first.
    public let extensions: [String]
    /// Other names in use for the type, such as `image/jpg`.
    public let aliases: [MediaType]
    /// What kind of thing it is.
    public let family: Family
    /// Whether a file that libmagic names so has to be recognised by the reader as well: one that only begins
    /// like the type isn't of it.
    package let isConfirmedByReader: Bool
    /// Whether browsers show it as an image, and it can't hold a script.
    package let isShownByBrowsers: Bool

    package init(
      _ mediaType: MediaType, _ phrase: String, _ family: Family, extensions: [String] = [],
      aliases: [MediaType] = [], isConfirmedByReader: Bool = false, isShownByBrowsers: Bool = false
    ) {
      self.mediaType = mediaType
      self.phrase = phrase
      self.family = family
      self.extensions = extensions
      self.aliases = aliases
      self.isConfirmedByReader = isConfirmedByReader
      self.isShownByBrowsers = isShownByBrowsers
    }
  }

  /// What kind of thing a file is, as far as programs that open it go.
  public enum Family: Sendable, Hashable, CaseIterable {
    /// A still or animated image.
    case image
    /// A video, with or without audio.
    case video
    /// Audio alone.
    case audio
    /// A page-oriented document such as PDF.
    case pages
    /// A word processor's document.
    case text
    /// A spreadsheet's workbook.
    case workbook
    /// A presentation.
    case presentation
    /// Text without a program of its own.
    case plainText
    /// Data that isn't sent as media: archives, programs, databases, fonts.
    case data
  }
}
