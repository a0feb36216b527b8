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

/// Which of a policy's calls a request is for.
struct Call {
  let request: MessageRequest
  let template: CallTemplate
  let policy: Policy

  init(_ request: MessageRequest, policy: Policy, hasFile: Bool) {
    self.request = request
    self.policy = policy
    // A local file that nothing refers to yet is uploaded first, where the provider has a call for it.
    if hasFile, policy.reference(in: request) == .file, let upload = policy.upload {
      template = upload
    } else {
      template = policy.service
    }
  }

  /// The value of a place in the call; nil where it isn't known.
  func value(_ name: String, endpoint: Endpoint, declaredType: String?) -> String? {
    switch name {
    case "endpoint": endpoint.rawValue
    case "declaredType": declaredType
    default: policy.fields.first { $0.name == name }?.sent(request.fields[name])
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

extension PreparedRequest {
  /// Fills in a policy's call; nil where the call has no path.
  init?(_ call: Call, endpoint: Endpoint, declaredType: String?, file: FilePath?) {
    let value = { name in call.value(name, endpoint: endpoint, declaredType: declaredType) }
    let template = call.template
    guard let path = template.path ?? call.policy.endpoint(endpoint)?.path,
      let filled = Template(path).filled(value)
    else { return nil }
    host = template.host
    self.path = filled
    headers = template.headers.map { Header(name: $0.name, value: $0.value) }
    body = Self.members(template.body, value)
    self.file = template.isUpload ? file ?? FilePath("FILE") : nil
    fileType = template.isUpload ? declaredType : nil
  }

  /// The members whose every place is known.
  private static func members(
    _ members: [CallTemplate.Member], _ value: (String) -> String?
  ) -> [JSONMember] {
    members.compactMap { member in
      guard let key = Template(member.key).filled(value), let filled = filled(member.value, value) else {
        return nil
      }
      return JSONMember(key: key, value: filled)
    }
  }

  private static func filled(_ template: CallTemplate.Value, _ value: (String) -> String?) -> JSONValue? {
    switch template {
    case .bool(let bool): return .bool(bool)
    case .integer(let integer): return .integer(integer)
    case .text(let text): return Template(text).filled(value).map(JSONValue.text)
    case .object(let inner):
      let members = members(inner, value)
      return members.isEmpty ? nil : .object(members)
    case .array(let inner):
      let values = inner.compactMap { filled($0, value) }
      return values.isEmpty ? nil : .array(values)
    case .file: return .file
    }
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
