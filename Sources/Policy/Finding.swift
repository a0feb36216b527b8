public import SystemPackage

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
  /// How to fix it.
  public let fix: Remedy?
  /// The file that it is about, by its name as it was given; nil where it has none.
  public var file: FilePath?
  /// Where the rule comes from.
  public let source: String?

  /// How to fix it, in words, with a command where one does it.
  public var remedy: String? { writtenRemedy ?? fix?.text(for: file, ownExtension: ownExtension) }

  /// The words of a finding that was decoded, of which only they are known.
  private var writtenRemedy: String?

  /// The extension of the file's own type, which a fix that keeps the type gives to what it makes.
  private let ownExtension: String?

  /// Creates a finding.
  public init(
    code: FindingCode, severity: Severity, subject: Subject, message: String, expected: String? = nil,
    actual: String? = nil, offset: UInt64? = nil, fix: Remedy? = nil, file: FilePath? = nil,
    ownExtension: String? = nil, source: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.subject = subject
    self.message = message
    self.expected = expected
    self.actual = actual
    self.offset = offset
    self.fix = fix
    self.file = file
    self.ownExtension = ownExtension
    self.source = source
  }
}

extension Finding: Codable {
  private enum CodingKeys: String, CodingKey {
    case code, severity, subject, message, expected, actual, offset, remedy, source
  }

  /// Decodes a finding of a result; its fix is known in words only.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      code: try container.decode(FindingCode.self, forKey: .code),
      severity: try container.decode(Severity.self, forKey: .severity),
      subject: try container.decode(Subject.self, forKey: .subject),
      message: try container.decode(String.self, forKey: .message),
      expected: try container.decodeIfPresent(String.self, forKey: .expected),
      actual: try container.decodeIfPresent(String.self, forKey: .actual),
      offset: try container.decodeIfPresent(UInt64.self, forKey: .offset),
      source: try container.decodeIfPresent(String.self, forKey: .source))
    writtenRemedy = try container.decodeIfPresent(String.self, forKey: .remedy)
  }

  /// Encodes the finding as results have it.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(code, forKey: .code)
    try container.encode(severity, forKey: .severity)
    try container.encode(subject, forKey: .subject)
    try container.encode(message, forKey: .message)
    try container.encode(expected, forKey: .expected)
    try container.encode(actual, forKey: .actual)
    try container.encode(offset, forKey: .offset)
    try container.encode(remedy, forKey: .remedy)
    try container.encode(source, forKey: .source)
  }

  /// Whether both say the same; of a fix the words count.
  public static func == (a: Self, b: Self) -> Bool {
    a.code == b.code && a.severity == b.severity && a.subject == b.subject && a.message == b.message
      && a.expected == b.expected && a.actual == b.actual && a.offset == b.offset && a.remedy == b.remedy
      && a.source == b.source && a.file == b.file
  }

  /// Hashes what tells findings apart well enough.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(message)
    hasher.combine(offset)
  }
}

/// How grave a finding is; the gravest compares lowest.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
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
