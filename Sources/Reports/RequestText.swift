internal import SystemPackage
public import MediaPreflight

/// A prepared request as text to paste or to pipe.
public enum RequestText: String, Sendable, CaseIterable {
  /// The body alone, as JSON.
  case json
  /// The HTTP/1.1 message (RFC 9112).
  case http
  /// A curl command for a POSIX shell, which takes the key from the environment.
  case curl

  /// The text; nil for an upload as HTTP message, which would have to hold the file's bytes.
  public func text(of request: PreparedRequest) -> String? {
    switch self {
    case .json: Self.body(request) + "\n"
    case .http: request.isUpload ? nil : Self.message(request)
    case .curl: Self.command(request)
    }
  }

  private static func body(_ request: PreparedRequest) -> String {
    var json = JSONWriter()
    json.body(request.body)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static func message(_ request: PreparedRequest) -> String {
    let body = body(request)
    var lines = ["\(request.method) \(request.path) HTTP/1.1", "Host: \(request.host)"]
    lines += request.headers.map { "\($0.name): \($0.value)" }
    lines += ["Content-Length: \(body.utf8.count)", "", body]
    return lines.joined(separator: "\r\n")
  }

  private static func command(_ request: PreparedRequest) -> String {
    var lines = ["curl --fail-with-body -X \(request.method) 'https://\(request.host)\(request.path)'"]
    // In double quotes, so that the shell fills in the key; nothing else there means anything to it.
    lines += request.headers.filter { !request.isUpload || $0.name != "Content-Type" }
      .map { "-H \"\($0.name): \(escaped($0.value))\"" }
    guard request.isUpload else {
      lines.append("--data-raw \(ShellWord.quoted(body(request)))")
      return lines.joined(separator: " \\\n  ") + "\n"
    }
    for member in request.body {
      guard case .text(let text) = member.value else { continue }
      if member.key == "file", let file = request.file {
        lines.append("-F \(ShellWord.quoted(form(file, of: request)))")
      } else {
        lines.append("--form-string \(ShellWord.quoted("\(member.key)=\(text)"))")
      }
    }
    return lines.joined(separator: " \\\n  ") + "\n"
  }

  /// The form field that sends the file with its declared type, the name quoted for curl.
  private static func form(_ file: FilePath, of request: PreparedRequest) -> [UInt8] {
    let name = file.bytes.flatMap { "\"\\".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    var form = Array("file=@\"".utf8) + name + Array("\"".utf8)
    if case .text(let type)? = request.body.first(where: { $0.key == "type" })?.value {
      form += Array(";type=\(type)".utf8)
    }
    return form
  }

  /// Text inside double quotes, with a leading `$NAME` left to the shell.
  private static func escaped(_ text: String) -> String {
    String(text.flatMap { "\"\\`".contains($0) ? ["\\", $0] : [$0] })
  }
}
