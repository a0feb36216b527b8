/// A destination of messages: a name that a policy defines, with its own formats and limits.
///
/// The set is open: each provider's policy has its own names.
public struct Endpoint: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name, such as `sticker`.
  public let rawValue: String

  /// Creates an endpoint from its name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The name, such as `sticker`.
  public var description: String { rawValue }

  /// An image with an optional caption.
  public static let image = Endpoint(rawValue: "image")
  /// A video with an optional caption.
  public static let video = Endpoint(rawValue: "video")
  /// Audio, or a voice note.
  public static let audio = Endpoint(rawValue: "audio")
  /// A file to keep.
  public static let document = Endpoint(rawValue: "document")
  /// A sticker, static or animated.
  public static let sticker = Endpoint(rawValue: "sticker")

  // Of the Cloud API alone.

  /// Audio that is shown as a voice message.
  public static let voice = Endpoint(rawValue: "voice")
  /// The header of a template message, as an image.
  public static let templateImage = Endpoint(rawValue: "template-image")
  /// The header of a template message, as a video.
  public static let templateVideo = Endpoint(rawValue: "template-video")
  /// The header of a template message, as a video that plays like a GIF.
  public static let templateGIF = Endpoint(rawValue: "template-gif")
  /// The header of a template message, as a document.
  public static let templateDocument = Endpoint(rawValue: "template-document")
  /// A card of a template's carousel, as an image.
  public static let templateCardImage = Endpoint(rawValue: "template-card-image")
  /// A card of a template's carousel, as a video.
  public static let templateCardVideo = Endpoint(rawValue: "template-card-video")
  /// The sample that a template is created with. Nothing is sent to it.
  public static let templateSample = Endpoint(rawValue: "template-sample")

  /// The reserved name for "the first endpoint that accepts the file's type".
  package static let automatic = "auto"
}
