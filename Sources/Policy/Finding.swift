public import SystemPackage

/// A problem with a file or a request, or a note about it.
public struct Finding: Sendable, Hashable {
  /// What it is: the key to its explanation.
  public let code: FindingCode
  /// Its severity under the policy.
  public var severity: Severity
  /// What it is about.
  public let subject: Subject
  /// One or more sentences that say what is wrong.
  public var message: String
  /// What the rule requires, in short, such as `≤ 102400`.
  public let expected: String?
  /// What is there, in short, such as `302112`.
  public let actual: String?
  /// The file offset of the first byte that it is about, in bytes; nil where it is about no one place.
  public let offset: UInt64?
  /// How to fix it.
  public internal(set) var fix: Remedy?
  /// The file that it is about, by the name as given; nil if it has none.
  public var file: FilePath?
  /// Where the rule comes from.
  public let source: String?

  /// Whether it rejects the file or the request.
  ///
  /// - Parameter isStrict: Whether warnings do, too.
  package func rejects(isStrict: Bool) -> Bool { severity == .error || isStrict && severity == .warning }

  /// How to fix it, with a command if one does it.
  public var remedy: String? {
    if let writtenRemedy { return writtenRemedy }
    guard let fix, fix.action == .fix else { return fix?.text(for: file, ownExtension: ownExtension) }
    return fixCommand.map { "\(fix.summary): \($0)" } ?? "\(fix.summary)."
  }

  /// The command in ``remedy``; nil if it is advice.
  package var remedyCommand: String? {
    guard writtenRemedy == nil else { return nil }
    return fixCommand ?? fix?.program(for: file, ownExtension: ownExtension)
  }

  /// The same without a command of `preflight fix`, for reports that show it once for all findings.
  package var remedyInWords: String? { fix?.action == .fix ? fix?.summary : remedy }

  /// The command of `preflight fix` that makes of the file one without this finding; nil if there is none.
  package var fixCommand: String?

  /// The text of a decoded finding, which has no other fix.
  private var writtenRemedy: String?

  /// The extension of the file's own type, for the output of a fix that keeps the type.
  private let ownExtension: String?

  /// Creates a finding.
  ///
  /// - Parameters:
  ///   - code: What it is.
  ///   - severity: Its severity.
  ///   - subject: What it is about.
  ///   - message: Whole sentences that say what is wrong.
  ///   - expected: What the rule wants, in short.
  ///   - actual: What was found, in short.
  ///   - offset: The file offset in bytes; nil where it is about no one place.
  ///   - fix: How to fix it.
  ///   - file: The file by its name as it was given.
  ///   - ownExtension: The extension of the file's own type, without the dot.
  ///   - source: Where the rule comes from.
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

  /// Decodes a finding of a result. Its fix is only known as text.
  ///
  /// - Throws: `DecodingError` if it is something else.
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

  /// Encodes the finding as in results.
  ///
  /// - Throws: What the encoder throws.
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

  /// Whether both have the same content; fixes are compared by their text.
  public static func == (a: Self, b: Self) -> Bool {
    a.code == b.code && a.severity == b.severity && a.subject == b.subject && a.message == b.message
      && a.expected == b.expected && a.actual == b.actual && a.offset == b.offset && a.remedy == b.remedy
      && a.source == b.source && a.file == b.file
  }

  /// Hashes enough to distinguish findings.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(message)
    hasher.combine(offset)
  }
}

/// The severity of a finding; the most severe compares lowest.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// It will be rejected, or won't play for the recipient.
  case error
  /// It is accepted, but won't work for some recipients, or sources disagree.
  case warning
  /// Something to know.
  case note

  /// The more severe first.
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .note: 2
    }
  }
}
