import MediaPreflight

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One request to the hook.
struct HookRequest {
  private(set) var endpoint: Endpoint?
  private(set) var file: String?
  private(set) var declaredType: String?
  /// The message; nil where no key of a message is given.
  private(set) var message: MessageRequest?

  /// Why a request can't be read.
  struct Invalid: Error {
    let reason: String
    var subject = Subject.request
    var expected: String?
    var actual: String?
  }

  init(parsing text: [UInt8]) throws(Invalid) {
    if let plain = PlainObject.members(of: text) {
      for (key, value) in plain { try take(value, of: key) }
    } else {
      let members: [String: Member]
      do { members = try JSONDecoder().decode([String: Member].self, from: Data(text)) } catch {
        throw Invalid(reason: "is not a JSON object", expected: "one JSON object")
      }
      // In an order of their own, so that the same request has the same answer.
      for (key, member) in members.sorted(by: { $0.key < $1.key }) { try take(member.text(of: key), of: key) }
    }
    message?.unknownFields.sort()
  }

  private mutating func take(_ value: String?, of key: String) throws(Invalid) {
    switch key {
    case "endpoint": if let value { endpoint = try Self.endpoint(value) }
    case "file": file = value
    case "declaredType": declaredType = value
    default:
      if message == nil { message = MessageRequest() }
      switch key {
      case "to": message?.to = value
      case "mediaUrl": message?.mediaURL = value
      case "mediaId": message?.mediaID = value
      case "caption": message?.caption = value
      case "filename": message?.filename = value
      case "phoneNumberId": message?.phoneNumberID = value
      default: message?.unknownFields.append(key)
      }
    }
  }

  private static func endpoint(_ name: String) throws(Invalid) -> Endpoint? {
    if name == "auto" { return nil }
    guard let endpoint = Endpoint(rawValue: name) else {
      throw Invalid(
        reason: "has the endpoint '\(name)', which there isn't", subject: .endpoint,
        expected: Endpoint.allCases.map(\.rawValue).joined(separator: ", "), actual: name)
    }
    return endpoint
  }

  /// A value: text, null, or something that has no place here.
  private enum Member: Decodable {
    case text(String)
    case null
    case other

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .other
      }
    }

    func text(of key: String) throws(Invalid) -> String? {
      switch self {
      case .text(let text): return text
      case .null: return nil
      case .other:
        throw Invalid(
          reason: "has a value of '\(key)' that is not text", subject: Subject(rawValue: key) ?? .request,
          expected: "text")
      }
    }
  }
}
