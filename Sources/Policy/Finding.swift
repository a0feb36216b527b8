/// One thing that is wrong, or worth knowing, about a file or a request.
public struct Finding: Sendable, Hashable {
  /// What it is: the key to its explanation.
  public let code: FindingCode
  /// How grave it is under the policy that was asked.
  public var severity: Severity
  /// What it is about.
  public let subject: Subject
  /// One or more sentences that say what is wrong.
  public var message: String
  /// What the rule wants, in short, such as `≤ 102400`.
  public let expected: String?
  /// What is there, in short, such as `302112`.
  public let actual: String?
  /// The file offset of the first byte that it is about.
  public let offset: UInt64?
  /// How to mend it: a sentence, with a command where one does it.
  public let remedy: String?
  /// Where the rule comes from.
  public let source: String?

  /// Creates a finding.
  public init(
    code: FindingCode, severity: Severity, subject: Subject, message: String, expected: String? = nil,
    actual: String? = nil, offset: UInt64? = nil, remedy: String? = nil, source: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.subject = subject
    self.message = message
    self.expected = expected
    self.actual = actual
    self.offset = offset
    self.remedy = remedy
    self.source = source
  }
}

/// How grave a finding is; the gravest compares lowest.
public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
  /// It will be refused, or will not play for the recipient.
  case error
  /// It is accepted, but some recipients are served badly, or sources disagree.
  case warning
  /// Something to know.
  case note

  /// The graver first.
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .note: 2
    }
  }
}

/// What a finding is about.
public enum Subject: String, Sendable, Hashable, CaseIterable {
  /// The file's bytes or its name.
  case file
  /// A field of the request.
  case to, mediaUrl, mediaId, caption, filename, phoneNumberId
  /// The endpoint that was asked for.
  case endpoint
  /// The request as a whole.
  case request
}

/// Where a message goes: each endpoint has its own formats and caps.
public enum Endpoint: String, Sendable, Hashable, CaseIterable {
  /// A picture with an optional caption.
  case image
  /// A film.
  case video
  /// A sound, or a voice note.
  case audio
  /// A file to keep.
  case document
  /// A sticker, still or animated.
  case sticker

  /// The endpoint with its article, as sentences begin: "An image", "A sticker".
  var phrase: String {
    switch self {
    case .image: "An image"
    case .video: "A video"
    case .audio: "An audio message"
    case .document: "A document"
    case .sticker: "A sticker"
    }
  }
}
