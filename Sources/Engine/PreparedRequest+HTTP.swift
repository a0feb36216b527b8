internal import PreflightReferences
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
      let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      components.path = String(parts[0])
      if parts.count > 1 { components.query = String(parts[1]) }
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

  /// The body in UTF-8, as JSON, or form-encoded where the `Content-Type` says so; nil for an upload, whose body is
  /// ``form(boundary:)``.
  public var httpBody: Data? {
    isUpload ? nil : Data(text.utf8)
  }

  /// The body as it is sent: JSON, or pairs of names and values (URL Standard, section 5.2).
  package var text: String {
    guard isFormEncoded else {
      var json = JSONWriter()
      json.body(body, file: file)
      return String(decoding: json.bytes, as: UTF8.self)
    }
    return body.map { "\($0.key.percentEncoded)=\(Self.formText($0.value).percentEncoded)" }.joined(
      separator: "&")
  }

  private var isFormEncoded: Bool {
    headers.contains {
      $0.name.lowercased() == "content-type" && $0.value.hasPrefix("application/x-www-form-urlencoded")
    }
  }

  /// A value of a form. It has no members within members: they are JSON, which is what Telegram's bot API wants.
  private static func formText(_ value: JSONValue) -> String {
    switch value {
    case .text(let text): return text
    case .integer(let integer): return "\(integer)"
    case .bool(let bool): return "\(bool)"
    case .object, .array, .file:
      var json = JSONWriter()
      json.value(value, file: nil)
      return String(decoding: json.bytes, as: UTF8.self)
    }
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
      case .text, .integer, .bool, .object, .array:
        head += "\(part)\r\n\r\n\(Self.formText(member.value))\r\n"
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
