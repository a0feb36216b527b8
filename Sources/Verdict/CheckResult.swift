internal import PreflightBytes
public import PreflightFacts
public import PreflightFindings

/// Whether a file, and the request that it goes with, will be taken.
public enum Verdict: String, Sendable, Hashable {
  /// No finding is an error (or, where warnings reject, a warning).
  case accepted
  /// At least one finding rejects.
  case rejected
}

/// All that there is to say about one file or request.
public struct CheckResult: Sendable {
  /// The file's name as it was given; nil where there is none.
  public let name: FileName?
  /// The verdict; nil where no policy was asked.
  public internal(set) var verdict: Verdict?
  /// The endpoint that the file was held against; nil where none was asked for and none takes the type.
  public let endpoint: Endpoint?
  /// What the bytes say; nil where there was no file or it couldn't be read.
  public let inspection: Inspection?
  /// Every finding, the gravest first, and among equals in the order of the checks.
  public let findings: [Finding]
  /// The other endpoints of the policy that would accept this very file.
  public let alternatives: [Endpoint]
  /// The call that is ready to be made; nil where none was asked for or something rejects.
  public let request: PreparedRequest?

  init(
    name: FileName?, verdict: Verdict?, endpoint: Endpoint?, inspection: Inspection?, findings: [Finding],
    alternatives: [Endpoint], request: PreparedRequest?
  ) {
    self.name = name
    self.verdict = verdict
    self.endpoint = endpoint
    self.inspection = inspection
    self.findings = Severity.allCases.flatMap { severity in findings.filter { $0.severity == severity } }
    self.alternatives = alternatives
    self.request = request
  }

  static func unreadable(_ name: FileName?, _ error: ByteSourceError, endpoint: Endpoint?) -> CheckResult {
    CheckResult(
      name: name, verdict: .rejected, endpoint: endpoint, inspection: nil,
      findings: Finding.unreadable(error.description), alternatives: [], request: nil)
  }

  /// Whether the file couldn't be read, so that nothing was judged.
  public var isUnreadable: Bool { findings.contains { $0.code == .unreadable } }
}
