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
  /// The URL to send to, with `https`.
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

  /// A policy whose host and path make no URL.
  public struct InvalidURL: Error, Hashable, CustomStringConvertible {
    /// The host.
    public let host: String
    /// The path.
    public let path: String

    /// The reason in words.
    public var description: String { "'\(host)' and '\(path)' don't make a URL" }
  }

  /// The headers by their names.
  public var allHTTPHeaderFields: [String: String] {
    Dictionary(headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// The body as JSON in UTF-8; nil for an upload, whose body is a ``form(boundary:)`` around the file.
  public var httpBody: Data? {
    if isUpload { return nil }
    var json = JSONWriter()
    json.body(body, file: nil)
    return Data(json.bytes)
  }

  /// The request with secrets in place of their placeholders.
  ///
  /// - Parameter secrets: The values by the names of the placeholders, without the `$`, such as
  ///   `["WACONNECT_API_KEY": key]`.
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

  /// The body of an upload, `multipart/form-data` (RFC 7578), as what stands before the file's bytes and what stands
  /// behind them.
  public struct Form: Sendable, Hashable {
    /// The value of the `Content-Type` header.
    public let contentType: String
    /// What stands before the file's bytes.
    public let head: Data
    /// What stands behind them.
    public let tail: Data
  }

  /// The body of an upload, in two parts around the file's bytes, so that a large file needn't be in memory.
  ///
  /// - Parameter boundary: ASCII letters and digits, at most 70, that don't occur in the file; by default random ones.
  /// - Returns: nil where the request is no upload.
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
