public import PreflightFacts
public import PreflightPolicy
public import PreflightReferences
public import SystemPackage
internal import PreflightBytes
internal import PreflightInspection

/// Whether a file, and the request that it goes with, will be accepted.
public enum Verdict: String, Sendable, Hashable, Codable {
  /// No finding is an error (or a warning, if warnings reject).
  case accepted
  /// At least one finding rejects.
  case rejected
  /// Nothing was checked: there is no such file, no permission to read it, or it isn't a regular file.
  case unjudged

  /// The verdict that findings add up to.
  ///
  /// - Parameter isStrict: Whether a warning rejects as an error does.
  init(of findings: [Finding], isStrict: Bool) {
    if findings.contains(where: { $0.code == .unreadable }) {
      self = .unjudged
    } else {
      let rejects = findings.contains { $0.rejects(isStrict: isStrict) }
      self = rejects ? .rejected : .accepted
    }
  }
}

/// The result of one check of a file or a request.
///
/// Its JSON is one line of `preflight check --format ndjson`, and one answer of `preflight hook`.
public struct CheckResult: Sendable, Hashable {
  /// What was checked: the path of a file, a URL, or the ID of an upload; nil if there is none.
  public var reference: Reference?
  /// Whether the file, and the request that it goes with, will be accepted.
  public var verdict: Verdict
  /// The policy that judged it; nil unless the file was checked against several.
  public var policy: String?
  /// What `--policy` takes for it.
  package var policyArgument: String?
  /// The endpoint that the file was checked against; nil if none was given and none accepts the type.
  public var endpoint: Endpoint?
  /// The media type to declare when sending; nil if there was no file, or its type isn't known.
  public var mediaType: MediaType?
  /// libmagic's own answer; nil if there was no file.
  public var sniffedType: String?
  /// The file's size in bytes; nil if there was no file, or it couldn't be read.
  public var byteCount: UInt64?
  /// What the bytes say; no facts if there was no file.
  public var facts: Facts
  /// Every finding: errors first, then warnings, then notes, and within each in the order of the checks.
  public var findings: [Finding]
  /// Other endpoints of the policy that accept the file unchanged and can stand in for this one.
  public var alternatives: [Endpoint]
  /// The call to make; nil if no message was given, or something rejects.
  public var request: PreparedRequest?
  /// What the server answered; nil if nothing was fetched.
  public var url: URLAnswer?
  /// What Meta states of the upload; nil if it isn't one, or Meta wasn't asked.
  public var upload: UploadedMedia?
  /// How it was fixed; nil if that wasn't asked for.
  public var fix: FixNote?

  /// What `preflight fix` would do with the rejected file, as far as this result tells; nil if it can't fix it, or if that
  /// wasn't asked for.
  package var plannedFix: [FixNote.Step]?

  /// The extension of what it would make, without the dot; nil if that is the file's own.
  package var plannedExtension: String?

  /// Whether the file was found in a folder, not named by the user.
  package var isFoundInFolder = false

  /// The type to declare, with the parameters that the provider requires; nil if it isn't known.
  package internal(set) var declaredType: String?

  /// How long the check took; nil where nobody measured it.
  package var elapsed: Duration?

  /// The findings that were left out because a baseline has them.
  package private(set) var suppressed: [Finding] = []

  /// Whether the file was only read and no policy was asked, so that there is no verdict to show.
  package internal(set) var isInspection = false

  /// The open file that was judged, where the check was to keep it; it is closed with the last copy of the result.
  package private(set) var source: (any ByteSource)?

  package private(set) var isStrict = false

  /// Creates a result, for tests of a program that uses this library.
  ///
  /// Every parameter sets the property of its name; findings are sorted by severity.
  public init(
    name: FilePath? = nil, verdict: Verdict, endpoint: Endpoint? = nil, mediaType: MediaType? = nil,
    sniffedType: String? = nil, byteCount: UInt64? = nil, facts: Facts = Facts(), findings: [Finding] = [],
    alternatives: [Endpoint] = [], request: PreparedRequest? = nil
  ) {
    self.reference = name.map(Reference.file)
    self.verdict = verdict
    self.endpoint = endpoint
    self.mediaType = mediaType
    self.sniffedType = sniffedType
    self.byteCount = byteCount
    self.facts = facts
    self.findings = Severity.allCases.flatMap { severity in findings.filter { $0.severity == severity } }
    self.alternatives = alternatives
    self.request = request
  }

  /// Takes the command of `preflight fix` from all findings.
  package mutating func removeFixCommands() {
    for index in findings.indices { findings[index].fixCommand = nil }
  }

  /// The file's path as given; nil if there is none, or it isn't a file's.
  public var name: FilePath? {
    get { reference?.path }
    set { reference = newValue.map(Reference.file) }
  }

  /// The result of a check.
  init(
    _ reference: Reference?, endpoint: Endpoint?, inspection: Inspection?, findings: [Finding],
    alternatives: [Endpoint] = [], request: PreparedRequest? = nil, isStrict: Bool = false,
    source: (any ByteSource)? = nil, url: URLAnswer? = nil
  ) {
    self.init(
      verdict: Verdict(of: findings, isStrict: isStrict), endpoint: endpoint,
      mediaType: inspection?.mediaType, sniffedType: inspection?.sniffedType,
      byteCount: inspection?.byteCount,
      facts: inspection?.facts ?? Facts(), findings: findings, alternatives: alternatives, request: request)
    self.reference = reference
    self.isStrict = isStrict
    self.source = source
    self.url = url
  }

  /// What a file's bytes say, with no policy asked.
  static func inspection(
    of reference: Reference, _ inspection: Inspection?, _ findings: [Finding],
    source: (any ByteSource)? = nil, url: URLAnswer? = nil
  ) -> CheckResult {
    var result = CheckResult(
      reference, endpoint: nil, inspection: inspection, findings: findings, source: source, url: url)
    result.verdict = .unjudged
    result.isInspection = true
    return result
  }

  package static func unreadable(
    _ reference: Reference?, _ error: ByteSourceError, endpoint: Endpoint?
  ) -> CheckResult {
    CheckResult(
      reference, endpoint: endpoint, inspection: nil,
      findings: Finding.unreadable(error.description, isMissing: error.isMissing))
  }

  /// The result without the findings of some codes, which are known, and with the verdict that the rest adds up to.
  func leavingOut(_ codes: Set<FindingCode>) -> CheckResult {
    var copy = self
    copy.findings.removeAll { codes.contains($0.code) }
    copy.suppressed += findings.filter { codes.contains($0.code) }
    if !isInspection { copy.verdict = Verdict(of: copy.findings, isStrict: isStrict) }
    return copy
  }

  /// The result without the open file, for results that wait or are kept.
  package func closingSource() -> CheckResult {
    var copy = self
    copy.source = nil
    return copy
  }

  /// The verdict to show; nil where no policy was asked.
  package var shownVerdict: Verdict? { isInspection ? nil : verdict }

  /// Whether the file couldn't be read, so that nothing was checked.
  public var isUnreadable: Bool { findings.contains { $0.code == .unreadable } }

  /// Whether both results say the same, wherever they come from.
  public static func == (a: Self, b: Self) -> Bool {
    a.reference == b.reference && a.verdict == b.verdict && a.policy == b.policy && a.endpoint == b.endpoint
      && a.mediaType == b.mediaType
      && a.sniffedType == b.sniffedType && a.byteCount == b.byteCount && a.facts == b.facts
      && a.findings == b.findings && a.alternatives == b.alternatives && a.request == b.request
      && a.url == b.url && a.upload == b.upload
      && a.fix == b.fix
  }

  /// Hashes what identifies a result well enough.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(reference)
    hasher.combine(verdict)
    hasher.combine(endpoint)
    hasher.combine(findings.count)
  }
}
