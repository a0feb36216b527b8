/// What a reference to media in a request is, by its text. They are easily mistaken for each other.
package enum ReferenceForm: Sendable, Hashable {
  /// An `http` or `https` URL.
  case url
  /// The ID of an upload: digits.
  case mediaID
  /// The handle of an upload by Meta's Resumable Upload API: `4::` and more.
  case uploadHandle
  /// The ID of a session of that API, in which the file is yet to be sent: `upload:` and more.
  case uploadSession

  /// Nil for text that looks like none of them.
  package init?(_ text: String) {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    let rest = text.utf8.dropFirst(digits.count)
    if case .url = Reference(text) {
      self = .url
    } else if !digits.isEmpty, rest.isEmpty {
      self = .mediaID
    } else if !digits.isEmpty, rest.starts(with: "::".utf8) {
      self = .uploadHandle
    } else if text.hasPrefix("upload:") {
      self = .uploadSession
    } else {
      return nil
    }
  }

  /// The form with its article, for messages.
  package var words: String {
    switch self {
    case .url: "a URL"
    case .mediaID: "a media ID"
    case .uploadHandle: "an upload handle (4::…)"
    case .uploadSession: "the ID of an upload session (upload:…)"
    }
  }
}
