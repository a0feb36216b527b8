/// What a finding is about: the file, the endpoint, the whole request, or a field of the request by its name.
public struct Subject: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name, as results show it.
  public let rawValue: String

  /// Creates a subject; a field of a request uses its own name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The name, as results show it.
  public var description: String { rawValue }

  /// The file's bytes or its name.
  public static let file = Subject(rawValue: "file")
  /// The requested endpoint.
  public static let endpoint = Subject(rawValue: "endpoint")
  /// The request as a whole.
  public static let request = Subject(rawValue: "request")
}
