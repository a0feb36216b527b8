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

  /// The reserved name for "the first endpoint that accepts the file's type".
  package static let automatic = "auto"
}
