public import SystemPackage
internal import PreflightPolicy

/// A call that is ready to be made, except for its secrets, which placeholders stand for.
///
/// ``filling(_:)`` puts the secrets in. ``url``, ``method``, ``allHTTPHeaderFields`` and ``httpBody`` are what an HTTP
/// client needs; for an upload, ``form(boundary:)`` is the body.
public struct PreparedRequest: Sendable, Hashable {
  /// An HTTP header.
  public struct Header: Sendable, Hashable {
    /// The header's name.
    public let name: String
    /// The value; `$NAME` stands for a secret.
    public let value: String

    /// Creates a header.
    ///
    /// - Parameters:
    ///   - name: The header's name.
    ///   - value: The value; `$NAME` stands for a secret.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The HTTP method, always `POST`.
  public var method: String { "POST" }
  /// The host, without a scheme.
  public let host: String
  /// The path, not percent-encoded; `$NAME` stands for a secret.
  public internal(set) var path: String
  /// The headers, in the policy's order.
  public internal(set) var headers: [Header]
  /// The members of the body, in the policy's order.
  public let body: [JSONMember]
  /// The local file that an upload sends; nil if the body is JSON.
  public let file: FilePath?
  /// The media type to declare for the file of an upload, with the parameters that the provider wants; nil if the body
  /// is JSON, or the type isn't known.
  public let fileType: String?

  /// Whether the body is a form with the file in it (`multipart/form-data`), not JSON.
  public var isUpload: Bool { file != nil }
}

/// A member of a JSON object.
public struct JSONMember: Sendable, Hashable {
  /// The key.
  public let key: String
  /// The value.
  public let value: JSONValue

  /// Creates a member.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - value: The value.
  public init(key: String, value: JSONValue) {
    self.key = key
    self.value = value
  }
}

extension PreparedRequest {
  /// Whether both are the same call; the order of headers and of an object's members doesn't count.
  public static func == (a: Self, b: Self) -> Bool {
    a.host == b.host && a.path == b.path && Set(a.headers) == Set(b.headers)
      && JSONValue.object(a.body) == .object(b.body) && a.file == b.file && a.fileType == b.fileType
  }

  /// Hashes what tells calls apart well enough.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(host)
    hasher.combine(path)
    hasher.combine(file)
  }
}

/// A JSON value of a request's body.
public indirect enum JSONValue: Sendable, Hashable {
  /// Text.
  case text(String)
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// An object, its members in the order in which they are sent.
  case object([JSONMember])
  /// An array.
  case array([JSONValue])
  /// The local file itself, in a form.
  case file
}

extension PreparedRequest {
  /// Fills in a policy's call; nil where it has no path.
  init?(
    _ call: CallTemplate, for request: MessageRequest, of policy: Policy, endpoint: Endpoint,
    declaredType: String?, file: FilePath?
  ) {
    let filling = Filling(
      request: request, fields: policy.fields, endpoint: endpoint, declaredType: declaredType)
    guard let path = call.path.flatMap({ Template($0).filled(filling.text) }) else { return nil }
    host = call.host
    self.path = path
    headers = call.headers.map { Header(name: $0.name, value: $0.value) }
    body = filling.members(call.body)
    self.file = call.isUpload ? file ?? FilePath("FILE") : nil
    fileType = call.isUpload ? declaredType : nil
  }
}

/// Fills in the places of a call.
private struct Filling {
  let request: MessageRequest
  let fields: [Field]
  let endpoint: Endpoint
  let declaredType: String?

  /// The text of a place; nil where it isn't known.
  func text(_ name: String) -> String? {
    switch name {
    case "endpoint": endpoint.rawValue
    case "declaredType": declaredType
    default: fields.first { $0.name == name }?.sent(request.fields[name])
    }
  }

  /// The members whose every place is known.
  func members(_ members: [CallTemplate.Member]) -> [JSONMember] {
    members.compactMap { member in
      guard let key = Template(member.key).filled(text), let value = value(member.value) else { return nil }
      return JSONMember(key: key, value: value)
    }
  }

  private func value(_ template: CallTemplate.Value) -> JSONValue? {
    switch template {
    case .bool(let bool): return .bool(bool)
    case .integer(let integer): return .integer(integer)
    case .text(let own):
      return integer(own).map(JSONValue.integer) ?? Template(own).filled(text).map(JSONValue.text)
    case .object(let inner):
      let members = members(inner)
      return members.isEmpty ? nil : .object(members)
    case .array(let inner):
      let values = inner.compactMap(value)
      return values.isEmpty ? nil : .array(values)
    case .file: return .file
    }
  }

  /// The value of a text that is nothing but the place of an integer.
  private func integer(_ own: String) -> Int? {
    fields.first { $0.kind == .integer && own == "{\($0.name)}" }.flatMap { text($0.name) }.flatMap {
      Int($0)
    }
  }
}

extension Field {
  /// A value as it is sent; nil where there is nothing to send.
  fileprivate func sent(_ value: String?) -> String? {
    guard let value, !value.isEmpty else { return nil }
    return kind == .phoneNumber ? PhoneNumber(value)?.digits : value
  }
}

extension JSONValue {
  /// Whether both are the same value: the members of an object have no order (RFC 8259, section 1).
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.text(let a), .text(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.sorted { $0.key < $1.key } == b.sorted { $0.key < $1.key }
    case (.file, .file): true
    default: false
    }
  }

  /// Hashes the values whatever their order.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .text(let text): hasher.combine(text)
    case .bool(let bool): hasher.combine(bool)
    case .integer(let integer): hasher.combine(integer)
    case .array(let values): hasher.combine(values)
    case .object(let members): hasher.combine(Set(members))
    case .file: hasher.combine(0)
    }
  }
}
