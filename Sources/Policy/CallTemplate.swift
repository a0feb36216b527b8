/// A call to the provider with placeholders.
package struct CallTemplate: Sendable {
  package let host: String
  /// The path; nil if each endpoint has its own.
  package let path: String?
  package let headers: [(name: String, value: String)]
  package let body: [Member]

  /// A member of the body, in the order in which it is sent.
  package struct Member: Sendable {
    package let key: String
    package let value: Value
  }

  package indirect enum Value: Sendable {
    case text(String)
    case bool(Bool)
    case integer(Int)
    case object([Member])
    case array([Value])
    /// The local file itself, which makes the body a form (`multipart/form-data`).
    case file
  }

  /// How a policy writes ``Value/file``.
  static let fileMark = "@{file}"

  /// Whether the call sends the local file itself.
  package var isUpload: Bool { body.contains { if case .file = $0.value { true } else { false } } }

  /// The call to an endpoint: with its path, if the call has none, and its own body, if it has one.
  func filled(path endpointPath: String?, body endpointBody: [Member]?) -> CallTemplate {
    CallTemplate(host: host, path: path ?? endpointPath, headers: headers, body: endpointBody ?? body)
  }

  /// Whether the call has a placeholder for a value.
  package func uses(_ name: String) -> Bool {
    let texts = [path ?? ""] + Self.texts(of: body)
    return texts.contains { Template($0).names.contains(name) }
  }

  private static func texts(of members: [Member]) -> [String] {
    members.flatMap { [$0.key] + texts(of: $0.value) }
  }

  private static func texts(of value: Value) -> [String] {
    switch value {
    case .text(let text): [text]
    case .object(let members): texts(of: members)
    case .array(let values): values.flatMap(texts)
    case .bool, .integer, .file: []
    }
  }
}
