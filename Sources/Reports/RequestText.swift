internal import SystemPackage
public import MediaPreflight

/// Renders a prepared request as text.
public enum RequestText: String, Sendable, CaseIterable {
  /// Only the body, as JSON.
  case json
  /// The HTTP/1.1 message (RFC 9112).
  case http
  /// A curl command for a POSIX shell. It reads the API key from the environment.
  case curl

  /// The text; nil for an upload as an HTTP message, which would have to contain the file.
  public func text(of request: PreparedRequest) -> String? {
    switch self {
    case .json: Self.body(request) + "\n"
    case .http: request.isUpload ? nil : Self.message(request)
    case .curl: Self.command(request)
    }
  }

  private static func body(_ request: PreparedRequest) -> String {
    var json = JSONWriter()
    json.body(request.body, file: request.file)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static func message(_ request: PreparedRequest) -> String {
    let body = request.text
    var lines = ["\(request.method) \(request.path) HTTP/1.1", "Host: \(request.host)"]
    lines += request.headers.map { "\($0.name): \($0.value)" }
    lines += ["Content-Length: \(body.utf8.count)", "", body]
    return lines.joined(separator: "\r\n")
  }

  private static func command(_ request: PreparedRequest) -> String {
    // Double quotes let the shell expand the key. The URL has no other characters that are special in them.
    let url = "https://\(request.host)\(request.path)"
    let quoted = url.contains("$") ? "\"\(escaped(url))\"" : "'\(url.replacing("'", with: "%27"))'"
    var lines = ["curl --fail-with-body -X \(request.method) \(quoted)"]
    lines += request.headers.filter { !request.isUpload || $0.name != "Content-Type" }
      .map { "-H \"\($0.name): \(escaped($0.value))\"" }
    guard request.isUpload else {
      lines.append("--data-raw \(ShellWord.quoted(request.text))")
      return lines.joined(separator: " \\\n  ") + "\n"
    }
    for member in request.body {
      switch member.value {
      case .text(let text): lines.append("--form-string \(ShellWord.quoted("\(member.key)=\(text)"))")
      case .integer(let number): lines.append("--form-string \(ShellWord.quoted("\(member.key)=\(number)"))")
      case .bool(let bool): lines.append("--form-string \(ShellWord.quoted("\(member.key)=\(bool)"))")
      case .file: lines.append("-F \(ShellWord.quoted(form(member.key, of: request)))")
      // Forms have no nested values, so they are sent as JSON, as Telegram's Bot API expects.
      case .object(let inner): lines.append(jsonForm(member.key, .object(inner)))
      case .array(let values): lines.append(jsonForm(member.key, .array(values)))
      }
    }
    return lines.joined(separator: " \\\n  ") + "\n"
  }

  private static func jsonForm(_ key: String, _ value: JSONValue) -> String {
    var json = JSONWriter()
    json.value(value, file: nil)
    return "--form-string \(ShellWord.quoted("\(key)=\(String(decoding: json.bytes, as: UTF8.self))"))"
  }

  /// The form field that sends the file with its declared type. The name is quoted for curl.
  private static func form(_ key: String, of request: PreparedRequest) -> [UInt8] {
    let path = request.file?.bytes ?? []
    let name = path.flatMap { "\"\\".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    let type = request.fileType.map { ";type=\($0)" } ?? ""
    return Array("\(key)=@\"".utf8) + name + Array("\"\(type)".utf8)
  }

  /// Escapes text for double quotes. The shell still expands `$NAME`.
  private static func escaped(_ text: String) -> String {
    // Scalars, not characters: to the shell, a quote followed by a combining mark is still a quote.
    let scalars = text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
      "\"\\`".unicodeScalars.contains(scalar) ? ["\\", scalar] : [scalar]
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
