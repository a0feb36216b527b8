package import PreflightBytes
public import PreflightFacts

/// A format: its names and its reader. Each format is one value in its own file, with one line in
/// ``Format/all``. All tables of media types, names and extensions are derived from these values.
package struct Format: Sendable {
  /// The display name, such as "JPEG".
  package let name: String

  /// The media types of the format's files.
  package let mediaTypes: [MediaType.Description]

  /// How a file of the format could hide another.
  package let hiding: Hiding

  /// How a file is recognised and read.
  package let reader: any FormatReader.Type

  /// How a file could hide one of another format.
  package enum Hiding: Sendable {
    /// An image, video or audio file: bytes before the first and after the last part are skipped.
    case media
    /// A document whose header needn't be at the start.
    case document
    /// An archive, which is found by its end.
    case archive
    /// A compound file of sectors.
    case compoundFile
    case program
    /// Texts mention other formats, and other files aren't accepted anyway.
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
  /// Reads the file in `window` into `reading`.
  ///
  /// The reader decides from the bytes alone whether the file has its format. If it doesn't, the reader
  /// returns with `reading.mediaType` nil and nothing noted, and the next format is tried. Reading past the
  /// end may throw: the caller turns `endOfData` and `implausible` into faults once the format has been
  /// recognized, and keeps what was read.
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError)

  /// Decodes the content of a file that ``read(_:into:)`` has recognized without faults, if that costs much
  /// more than reading its structure. Adds a fault if it can't be decoded.
  ///
  /// It is called only if the answer matters, not for a file that is rejected anyway.
  static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError)
}

extension FormatReader {
  /// Most formats are read completely by ``read(_:into:)``.
  package static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {}
}

extension MediaType {
  /// The properties of a media type.
  public struct Description: Sendable {
    /// The type.
    public let mediaType: MediaType
    /// The display name with its article, such as "a PNG image".
    public let phrase: String
    /// The extensions in use, without the dot, in lower case; the usual one first.
    public let extensions: [String]
    /// Other names for the type, such as `image/jpg`.
    public let aliases: [MediaType]
    /// What kind of thing it is.
    public let family: Family
    /// Whether the reader must confirm libmagic's answer: a file that only starts like the type doesn't have
    /// it.
    package let isConfirmedByReader: Bool
    /// Whether browsers show it as an image that can't contain a script.
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

  /// The kind of a file: which programs open it.
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
    /// Files that aren't sent as media: archives, programs, databases, fonts.
    case data
  }
}
