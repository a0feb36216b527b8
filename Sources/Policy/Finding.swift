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
  public let file: FilePath?
  /// Where the rule comes from.
  public let source: String?

  /// How to fix it, in words, with a command where one does it.
  public var remedy: String? { fix?.text(for: file, ownExtension: ownExtension) }

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
