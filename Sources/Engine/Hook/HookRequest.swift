internal import PreflightInspection
internal import PreflightPolicy

/// One request of the hook: a line with a JSON object.
struct HookRequest {
  private(set) var endpoint: Endpoint?
  private(set) var file: String?
  private(set) var declaredType: String?
  private(set) var depth: Depth?
  /// Whether the media that the message refers to is fetched and checked.
  private(set) var probes = false
  /// Whether an accepted file is to be made of a rejected one.
  private(set) var fixes = false
  /// The message; nil where no field of a message is given, or only fields that are null.
  private(set) var message: MessageRequest?
  /// The fields of the message whose values are numbers.
  private(set) var numbers: [String] = []

  /// Why a request can't be read.
  struct Invalid: Error {
    let reason: String
    var subject = Subject.request
    var expected: String?
    var actual: String?

    static func notText(_ key: String) -> Invalid {
      Invalid(
        reason: "has a value of '\(key)' that is not text", subject: Subject(rawValue: key), expected: "text")
    }
  }

  /// What is wrong with the request under a policy: a number in a field that isn't an integer; nil if nothing is.
  func mistake(under policy: Policy) -> Invalid? {
    numbers.first { name in !policy.fields.contains { $0.name == name && $0.kind == .integer } }
      .map(Invalid.notText)
  }

  init(_ object: RequestObject) throws(Invalid) {
    // In an order of their own, so that the same request has the same answer.
    for member in object.members.sorted(by: { $0.key < $1.key }) { try take(member) }
    if probes, file != nil {
      throw Invalid(
        reason: "has a 'file' and asks with 'probe' to check what the message refers to",
        subject: Subject(rawValue: "probe"), expected: "file or probe")
    }
  }

  private static func isTrue(_ member: RequestObject.Member) throws(Invalid) -> Bool {
    guard ["true", "false", "null"].contains(where: { member.written.elementsEqual($0.utf8) }) else {
      throw Invalid(
        reason: "has a value of '\(member.key)' that is neither true nor false",
        subject: Subject(rawValue: member.key), expected: "true or false")
    }
    return member.written.elementsEqual("true".utf8)
  }

  private mutating func take(_ member: RequestObject.Member) throws(Invalid) {
    let key = member.key
    if key == "id" {
      if case .other = member.value {
        throw Invalid(
          reason: "has an 'id' that is neither text nor a number", subject: Subject(rawValue: key),
          expected: "text, a number or null")
      }
      return
    }
    if key == "probe" {
      probes = try Self.isTrue(member)
      return
    }
    if key == "fix" {
      fixes = try Self.isTrue(member)
      return
    }
    let value: String?
    switch member.value {
    case .text(let text): value = text
    case .null: value = nil
    case .number where !Field.reservedNames.contains(key):
      value = String(decoding: member.written, as: UTF8.self)
      numbers.append(key)
    case .number, .other: throw .notText(key)
    }
    switch key {
    case "endpoint": endpoint = value == Endpoint.automatic ? nil : value.map(Endpoint.init(rawValue:))
    case "file":
      if value?.utf8.contains(0) == true {
        throw Invalid(reason: "has a NUL in the path of the file", subject: .file, expected: "a path")
      }
      file = value
    case "declaredType": declaredType = value
    case "depth":
      depth = value.flatMap(Depth.init(rawValue:))
      if let value, depth == nil {
        throw Invalid(
          reason: "has the unknown depth '\(value)'", subject: Subject(rawValue: key),
          expected: Depth.allCases.map(\.rawValue).joined(separator: ", "), actual: value)
      }
    default:
      guard let value else { return }
      if message == nil { message = MessageRequest() }
      message?.fields[key] = value
    }
  }
}
