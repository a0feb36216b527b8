public import SystemPackage
internal import PreflightPolicy

/// A call that is ready to be made, but for the key, of which the placeholder stands in the headers.
public struct PreparedRequest: Sendable, Hashable {
  /// A header.
  public struct Header: Sendable, Hashable {
    /// The header's name.
    public let name: String
    /// Its value; `$NAME` stands for a secret that the caller's environment holds.
    public let value: String

    /// Creates a header.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Always POST.
  public let method = "POST"
  /// The host, without a scheme.
  public let host: String
  /// The path.
  public let path: String
  /// The headers, in the policy's order.
  public let headers: [Header]
  /// The body's members, in the policy's order.
  public let body: [JSONMember]
  /// Whether the body is a form with the file in it (an upload) rather than JSON.
  public let isUpload: Bool
  /// The local file that an upload sends.
  public let file: FilePath?
}

/// A named value of a body.
public struct JSONMember: Sendable, Hashable {
  /// The key.
  public let key: String
  /// The value.
  public let value: JSONValue

  /// Creates a member.
  public init(key: String, value: JSONValue) {
    self.key = key
    self.value = value
  }
}

/// A value of a body.
public indirect enum JSONValue: Sendable, Hashable {
  /// Text.
  case text(String)
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// Named values in the order in which they are sent.
  case object([JSONMember])
}

/// Which of a policy's calls a request is for.
struct Call {
  let request: MessageRequest
  let template: CallTemplate
  let policy: Policy
  let isUpload: Bool

  init(_ request: MessageRequest, policy: Policy, hasFile: Bool) {
    self.request = request
    self.policy = policy
    // A local file that nothing refers to yet is uploaded first, where the provider has a call for it.
    if hasFile, request.mediaURL == nil, request.mediaID == nil, let upload = policy.upload {
      template = upload
      isUpload = true
    } else {
      template = policy.service
      isUpload = false
    }
  }
}

extension PreparedRequest {
  /// Fills in a policy's call; nil where the call has no path.
  init?(_ call: Call, endpoint: Endpoint, declaredType: String?, file: FilePath?) {
    let value: (String) -> String? = { name in
      switch RequestField(rawValue: name) {
      case .to: call.request.to.flatMap(PhoneNumber.init)?.digits
      case let field?: call.request[field].flatMap { $0.isEmpty ? nil : $0 }
      case nil:
        switch name {
        case "endpoint": endpoint.rawValue
        case "declaredType": declaredType
        case "file": file?.display
        default: nil
        }
      }
    }
    let template = call.template
    guard let path = template.path ?? call.policy.endpoint(endpoint)?.path,
      let filled = Template(path).filled(value)
    else { return nil }
    host = template.host
    self.path = filled
    headers = template.headers.map { Header(name: $0.name, value: $0.value) }
    body = Self.members(template.body, value)
    isUpload = call.isUpload
    self.file = call.isUpload ? file : nil
  }

  /// The members whose every placeholder is known.
  private static func members(
    _ members: [CallTemplate.Member], _ value: (String) -> String?
  ) -> [JSONMember] {
    members.compactMap { member in
      guard let key = Template(member.key).filled(value) else { return nil }
      switch member.value {
      case .bool(let bool): return JSONMember(key: key, value: .bool(bool))
      case .integer(let integer): return JSONMember(key: key, value: .integer(integer))
      case .text(let text):
        return Template(text).filled(value).map { JSONMember(key: key, value: .text($0)) }
      case .object(let inner):
        let filled = Self.members(inner, value)
        return filled.isEmpty ? nil : JSONMember(key: key, value: .object(filled))
      }
    }
  }
}
