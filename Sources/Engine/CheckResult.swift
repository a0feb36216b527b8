public import SystemPackage
public import PreflightInspection
internal import PreflightBytes
internal import PreflightFacts
public import PreflightPolicy

/// Whether a file, and the request that it goes with, will be accepted.
public enum Verdict: String, Sendable, Hashable {
  /// No finding is an error (or, where warnings reject, a warning).
  case accepted
  /// At least one finding rejects.
  case rejected

  /// What findings come to.
  ///
  /// - Parameter isStrict: Whether a warning rejects as an error does.
  init(of findings: [Finding], isStrict: Bool) {
    let rejects = findings.contains { $0.severity == .error || (isStrict && $0.severity == .warning) }
    self = rejects ? .rejected : .accepted
  }
}

/// All that there is to say about one file or request.
public struct CheckResult: Sendable {
  /// The file's name as it was given; nil where there is none.
  public let name: FilePath?
  /// The verdict; nil where no policy was asked.
  public internal(set) var verdict: Verdict?
  /// The endpoint that the file was checked against; nil where none was asked for and none accepts the type.
  public let endpoint: Endpoint?
  /// What the bytes say; nil where there was no file or it couldn't be read.
  public let inspection: Inspection?
  /// Every finding, the gravest first, and among equals in the order of the checks.
  public let findings: [Finding]
  /// The other endpoints of the policy that would accept this very file.
  public let alternatives: [Endpoint]
  /// The call that is ready to be made; nil where none was asked for or something rejects.
  public let request: PreparedRequest?
  /// How many findings were left out because a baseline knows them.
  public let knownFindings: Int

  private let isStrict: Bool

  /// The open file that was judged, where the check was to keep it; it is closed with the last copy of the result.
  package private(set) var source: (any ByteSource)?

  init(
    name: FilePath?, verdict: Verdict?, endpoint: Endpoint?, inspection: Inspection?, findings: [Finding],
    alternatives: [Endpoint], request: PreparedRequest?, isStrict: Bool = false, knownFindings: Int = 0,
    source: (any ByteSource)? = nil
  ) {
    self.name = name
    self.verdict = verdict
    self.endpoint = endpoint
    self.inspection = inspection
    self.findings = Severity.allCases.flatMap { severity in findings.filter { $0.severity == severity } }
    self.alternatives = alternatives
    self.request = request
    self.isStrict = isStrict
    self.knownFindings = knownFindings
    self.source = source
  }

  /// The result without the findings of some codes, which are known, and with the verdict that the rest
  /// calls for.
  func leavingOut(_ codes: Set<FindingCode>) -> CheckResult {
    let rest = findings.filter { !codes.contains($0.code) }
    return CheckResult(
      name: name, verdict: verdict.map { _ in Verdict(of: rest, isStrict: isStrict) }, endpoint: endpoint,
      inspection: inspection, findings: rest, alternatives: alternatives, request: request,
      isStrict: isStrict, knownFindings: knownFindings + findings.count - rest.count, source: source)
  }

  /// The result without the open file, for results that wait or are kept.
  package func closingSource() -> CheckResult {
    var copy = self
    copy.source = nil
    return copy
  }

  static func unreadable(_ name: FilePath?, _ error: ByteSourceError, endpoint: Endpoint?) -> CheckResult {
    CheckResult(
      name: name, verdict: .rejected, endpoint: endpoint, inspection: nil,
      findings: Finding.unreadable(error.description), alternatives: [], request: nil)
  }

  /// Whether the file couldn't be read, so that nothing was judged.
  public var isUnreadable: Bool { findings.contains { $0.code == .unreadable } }
}
