internal import PreflightBytes
internal import SystemPackage

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// The parts that an HTTP client wants, named as `URLRequest` names them. `URLRequest` itself is in
// FoundationNetworking on Linux, which a program that only checks files needn't link.
extension PreparedRequest {
  /// The URL to send to, always `https`.
  ///
  /// - Throws: ``InvalidURL`` if the policy's host and path don't make a URL.
  public var url: URL {
    get throws(InvalidURL) {
      var components = URLComponents()
      components.scheme = "https"
      components.host = host
      components.path = path
      guard let url = components.url else { throw InvalidURL(host: host, path: path) }
      return url
    }
  }

  /// An error for a policy whose host and path don't make a URL.
  public struct InvalidURL: Error, Hashable, CustomStringConvertible {
    /// The host.
    public let host: String
    /// The path.
    public let path: String

    /// The reason.
    public var description: String { "'\(host)' and '\(path)' don't make a URL" }
  }

  /// The headers by name, as `URLRequest` takes them. Placeholders stand in them until ``filling(_:)``.
  public var allHTTPHeaderFields: [String: String] {
    Dictionary(headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// The body as JSON in UTF-8; nil for an upload, whose body is ``form(boundary:)``.
  public var httpBody: Data? {
    if isUpload { return nil }
    var json = JSONWriter()
    json.body(body, file: nil)
    return Data(json.bytes)
  }

  /// The request with secrets in place of their placeholders.
  ///
  /// - Parameter secrets: The secrets by the names of their placeholders, without the `$`, such as
  ///   `["WACONNECT_API_KEY": key]`. A placeholder that isn't named stays.
  /// - Returns: The request to send.
  public func filling(_ secrets: [String: String]) -> PreparedRequest {
    var copy = self
    // Of two names that begin alike, the longer one is meant.
    for (name, secret) in secrets.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) {
      copy.path = copy.path.replacing("$" + name, with: secret)
      copy.headers = copy.headers.map {
        Header(name: $0.name, value: $0.value.replacing("$" + name, with: secret))
      }
    }
    return copy
  }

  /// The body of an upload, `multipart/form-data` (RFC 7578), as the two parts around the file's bytes.
  public struct Form: Sendable, Hashable {
    /// The value of the `Content-Type` header.
    public let contentType: String
    /// The part before the file's bytes.
    public let head: Data
    /// The part after the file's bytes.
    public let tail: Data
  }

  /// The body of an upload, in two parts around the file's bytes, so that a large file need not be in memory.
  ///
  /// - Parameter boundary: At most 70 ASCII letters and digits that don't occur in the file; random by default.
  /// - Returns: The parts, and the value of the `Content-Type` header; nil if the request isn't an upload.
  public func form(boundary: String = "preflight\(UInt64.random(in: .min ... .max))") -> Form? {
    guard let file else { return nil }
    var head = ""
    // The file comes last, so that all else is in one part before it.
    var fileHead = ""
    for member in body {
      let part = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quoted(member.key))\""
      switch member.value {
      case .text(let text): head += "\(part)\r\n\r\n\(text)\r\n"
      case .integer(let integer): head += "\(part)\r\n\r\n\(integer)\r\n"
      case .bool(let bool): head += "\(part)\r\n\r\n\(bool)\r\n"
      case .object, .array:
        // A form has no members within members: as JSON, which is what Telegram's bot API wants of them.
        var json = JSONWriter()
        json.value(member.value, file: nil)
        head += "\(part)\r\n\r\n\(String(decoding: json.bytes, as: UTF8.self))\r\n"
      case .file:
        let name = Self.quoted(file.lastComponent?.string ?? "file")
        let type = fileType.map { "\r\nContent-Type: \($0)" } ?? ""
        fileHead = "\(part); filename=\"\(name)\"\(type)\r\n\r\n"
      }
    }
    return Form(
      contentType: "multipart/form-data; boundary=\(boundary)", head: Data((head + fileHead).utf8),
      tail: Data("\r\n--\(boundary)--\r\n".utf8))
  }

  /// As the HTML standard escapes names in a form: line ends and quotes only.
  private static func quoted(_ text: String) -> String {
    text.replacing("\r", with: "%0D").replacing("\n", with: "%0A").replacing("\"", with: "%22")
  }
}
