#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import PreflightPolicy

/// One request of the hook: a line with a JSON object.
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

  init(parsing line: [UInt8]) throws(Invalid) {
    let members: [String: Value]
    do { members = try JSONDecoder().decode([String: Value].self, from: Data(line)) } catch {
      throw Invalid(reason: "is not a JSON object", expected: "one JSON object")
    }
    // In an order of their own, so that the same request has the same answer.
    for (key, value) in members.sorted(by: { $0.key < $1.key }) { try take(value.text(of: key), of: key) }
  }

  private mutating func take(_ value: String?, of key: String) throws(Invalid) {
    switch key {
    case "endpoint": endpoint = value == Endpoint.automatic ? nil : value.map(Endpoint.init(rawValue:))
    case "file":
      if value?.utf8.contains(0) == true {
        throw Invalid(reason: "has a NUL in the path of the file", subject: .file, expected: "a path")
      }
      file = value
    case "declaredType": declaredType = value
    default:
      if message == nil { message = MessageRequest() }
      // A field that is there and null is as if it weren't; one that the policy doesn't know is told by it.
      message?.fields[key] = value
    }
  }

  /// A value: text, null, or something that has no place here.
  private enum Value: Decodable {
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
          reason: "has a value of '\(key)' that is not text", subject: Subject(rawValue: key),
          expected: "text")
      }
    }
  }
}
