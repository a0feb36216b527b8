public import SystemPackage
public import MediaPreflight

/// A writer of one output format. Each report has its own file and a line in ``ReportFormat/all``.
///
/// A report turns results into bytes and makes no decisions. The caller decides where the bytes go.
public protocol Report {
  /// Adds a result. Results are added in the order in which they are shown.
  mutating func add(_ result: CheckResult, to output: inout [UInt8])

  /// Completes the report.
  mutating func finish(_ summary: Summary, to output: inout [UInt8])
}

/// The information that a report has besides the results.
public struct ReportContext: Sendable {
  /// The policy's name; nil if no policy is used.
  public var policy: String?
  /// The finding codes that policies in use define.
  public var codes: [Explanation]
  /// The tool's version.
  public var version: String
  /// Whether to use ANSI colors.
  public var usesColor: Bool
  /// Whether to link codes to their pages (OSC 8).
  public var usesLinks: Bool
  /// Which files a human-readable report lists.
  public var listing: Listing
  /// The column at which text is wrapped; nil for no wrapping.
  public var width: Int?
  /// The absolute path of the project's folder, without a trailing slash. Paths in machine-readable reports are relative
  /// to it.
  public var root: FilePath?
  /// The absolute path of the folder that results' names are relative to, without a trailing slash.
  public var folder: FilePath?
  /// How `preflight fix` is called with the options of this run; nil if results don't say what it would do.
  public var fix: FixCommandLine?

  /// Creates a context.
  public init(
    policy: String?, codes: [Explanation] = [], version: String, usesColor: Bool = false,
    usesLinks: Bool = false,
    listing: Listing = .findings, width: Int? = nil, root: FilePath? = nil, folder: FilePath? = nil
  ) {
    self.policy = policy
    self.codes = codes
    self.version = version
    self.usesColor = usesColor
    self.usesLinks = usesLinks
    self.listing = listing
    self.width = width
    self.root = root
    self.folder = folder ?? root
  }

  /// The explanations of all codes that findings can have.
  var explanations: [Explanation] { Explanation.all + codes }
}

/// Which files a human-readable report lists.
public enum Listing: String, Sendable, Hashable, CaseIterable {
  /// Only the findings that reject a file.
  case errors
  /// Files with findings, and all files named on the command line.
  case findings
  /// All files.
  case all
}

/// The counts of a run.
public struct Summary: Sendable, Hashable {
  /// The number of checked files and requests.
  public private(set) var checked = 0
  /// The number of accepted files and requests.
  public private(set) var accepted = 0
  /// The number of rejected files and requests.
  public private(set) var rejected = 0
  /// The number of warnings.
  public private(set) var warnings = 0
  /// The number of files that couldn't be read.
  public private(set) var unjudged = 0
  /// The number of rejected files that `preflight fix` can fix, as far as their checks tell.
  public private(set) var fixable = 0
  /// Whether what `preflight fix` makes of two files would have the same name, which it refuses.
  public private(set) var sharesFixedNames = false
  private var fixedNames: Set<FilePath> = []
  /// The number of findings suppressed by a baseline.
  public private(set) var suppressed = 0
  /// The number of findings with each code.
  public private(set) var codes: [FindingCode: Int] = [:]
  /// The counts of each policy, where files are checked against several.
  public private(set) var policies: [PolicyCount] = []
  /// Whether the run was interrupted, so that the counts are incomplete.
  public var isInterrupted = false

  /// Creates an empty summary.
  public init() {}

  /// How many files a policy accepts.
  public struct PolicyCount: Sendable, Hashable {
    /// The policy's name.
    public let name: String
    /// The number of files that were checked against it.
    public fileprivate(set) var checked = 0
    /// The number of those that it accepts.
    public fileprivate(set) var accepted = 0
  }

  /// Counts a result.
  public mutating func count(_ result: CheckResult) {
    checked += 1
    if let policy = result.policy, !result.isUnreadable { count(result, by: policy) }
    if result.isUnreadable {
      unjudged += 1
    } else if !result.isInspection {
      if result.verdict == .accepted { accepted += 1 } else { rejected += 1 }
    }
    if result.plannedFix != nil { countFixable(result) }
    warnings += result.findings.count { $0.severity == .warning }
    suppressed += result.suppressed.count
    for finding in result.findings { codes[finding.code, default: 0] += 1 }
  }

  private mutating func countFixable(_ result: CheckResult) {
    fixable += 1
    // A file is fixed for one policy.
    guard result.policy == nil, var name = result.reference?.fileName else { return }
    if let planned = result.plannedExtension { name.extension = planned }
    if !fixedNames.insert(name).inserted { sharesFixedNames = true }
  }

  private mutating func count(_ result: CheckResult, by policy: String) {
    let index = policies.firstIndex { $0.name == policy } ?? policies.endIndex
    if index == policies.endIndex { policies.append(PolicyCount(name: policy)) }
    policies[index].checked += 1
    if result.verdict == .accepted { policies[index].accepted += 1 }
  }

  /// The number of findings with each code, such as "5 file-too-large, 2 damaged-file", most frequent first. A
  /// non-breaking space separates each number from its code.
  ///
  /// - Parameter limit: The number of codes to name.
  func codeCounts(atMost limit: Int = .max) -> String {
    let sorted = codes.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
    let named = sorted.prefix(limit).map { "\($0.value)\u{a0}\($0.key.rawValue)" }
    let rest = sorted.count - named.count
    return (named + (rest > 0 ? ["\(rest) more codes"] : [])).joined(separator: ", ")
  }

  /// The number of files as text, "2 files checked". A file that couldn't be read wasn't checked.
  var filesChecked: String {
    let count = policies.map(\.checked).max() ?? checked - unjudged
    let policies = policies.isEmpty ? "" : " against \(policies.count) policies"
    return (count == 1 ? "1 file checked" : "\(count) files checked") + policies
  }

  /// The end of a sentence with the counts: unjudged files, suppressed findings, and whether the run was interrupted.
  /// Empty if nothing applies.
  var suffix: String {
    var text = unjudged > 0 ? ", \(unjudged) unjudged" : ""
    if suppressed > 0 {
      text +=
        suppressed == 1 ? ", 1 baseline finding suppressed" : ", \(suppressed) baseline findings suppressed"
    }
    if isInterrupted { text += ", interrupted" }
    return text
  }
}

/// A named output format.
public struct ReportFormat: Sendable {
  /// The name, as in `--format NAME`.
  public let name: String
  /// Whether the report shows the files' content. If so, results must keep their source open.
  public var showsFiles = false
  /// Creates a report.
  public let make: @Sendable (ReportContext) -> any Report

  /// All formats.
  public static let all: [ReportFormat] = [
    ReportFormat(name: "human") { HumanReport($0) },
    ReportFormat(name: "json") { JSONReport($0) },
    ReportFormat(name: "ndjson") { _ in NDJSONReport() },
    ReportFormat(name: "sarif") { SARIFReport($0) },
    ReportFormat(name: "junit") { _ in JUnitReport() },
    ReportFormat(name: "github") { GitHubReport($0) },
    ReportFormat(name: "gitlab") { GitLabReport($0) },
    ReportFormat(name: "checkstyle") { CheckstyleReport($0) },
    ReportFormat(name: "markdown") { MarkdownReport($0, limit: MarkdownReport.commentLimit) },
    ReportFormat(name: "html", showsFiles: true) { HTMLReport($0) },
  ]

  /// GitHub's limit for a step summary, in bytes.
  public static let stepSummaryLimit = 1 << 20

  /// The Markdown report for a step summary in a GitHub workflow.
  ///
  /// - Parameter room: The maximum size of the report, in bytes.
  public static func stepSummary(_ context: ReportContext, room: Int) -> any Report {
    MarkdownReport(context, limit: room)
  }

  /// The format with a name; nil if the name is unknown.
  public static func named(_ name: String) -> ReportFormat? { all.first { $0.name == name } }
}
