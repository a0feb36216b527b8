/// A MIME essence: type and subtype without parameters, in lower case unless the registry spells it otherwise
/// (RFC 6838, section 4.2).
public struct MediaType: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The essence, such as `image/webp`.
  public let rawValue: String

  /// Creates a media type from an essence, without validating it.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Creates the essence of a declared type: without its parameters, in lower case.
  package init(declaring text: String) {
    rawValue = text.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
  }

  /// Creates a media type from a literal essence.
  public init(stringLiteral value: String) { rawValue = value }

  /// The essence, such as `image/webp`.
  public var description: String { rawValue }

  /// Data of an unknown type (RFC 2046, section 4.5.1).
  public static let octetStream: MediaType = "application/octet-stream"

  /// The part before the slash, such as `image`.
  public var topLevel: Substring { rawValue.prefix { $0 != "/" } }
}
