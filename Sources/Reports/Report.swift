public import SystemPackage
public import MediaPreflight

/// A form in which results are shown. One file a report, one line in ``ReportFormat/all``.
///
/// A report turns results into bytes and decides nothing; where the bytes go is the caller's affair.
public protocol Report {
  /// Takes in one result, in the order in which results are to be shown.
  mutating func add(_ result: CheckResult, to output: inout [UInt8])

  /// Ends the report.
  mutating func finish(_ summary: Summary, to output: inout [UInt8])
}

/// What a report may want to know besides the results.
public struct ReportContext: Sendable {
  /// The name of the policy; nil where none was asked.
  public var policy: String?
  /// The tool's version.
  public var version: String
  /// Whether ANSI colours are wanted.
  public var usesColor: Bool
  /// Whether codes link to their pages (OSC 8).
  public var usesLinks: Bool
  /// Which files a report for people lists.
  public var listing: Listing
  /// The columns at which text is wrapped; nil where it isn't.
  public var width: Int?
  /// The absolute path of the project's folder, to which paths in reports for machines are relative; without
  /// a final slash.
  public var root: FilePath?
  /// The absolute path of the folder that the names of results are relative to; without a final slash.
  public var folder: FilePath?

  /// Creates a context.
  public init(
    policy: String?, version: String, usesColor: Bool = false, usesLinks: Bool = false,
    listing: Listing = .findings, width: Int? = nil, root: FilePath? = nil, folder: FilePath? = nil
  ) {
    self.policy = policy
    self.version = version
    self.usesColor = usesColor
    self.usesLinks = usesLinks
    self.listing = listing
    self.width = width
    self.root = root
    self.folder = folder ?? root
  }
}

/// Which files a report for people lists.
public enum Listing: String, Sendable, Hashable, CaseIterable {
  /// The findings of rejections, and nothing else.
  case errors
  /// Files with findings, and every file that was named.
  case findings
  /// Every file.
  case all
}

/// The counts of a run.
public struct Summary: Sendable, Hashable {
  /// The files and requests that were looked at.
  public private(set) var checked = 0
  /// Those that were accepted.
  public private(set) var accepted = 0
  /// Those that were rejected.
  public private(set) var rejected = 0
  /// The findings that are warnings.
  public private(set) var warnings = 0
  /// The files that couldn't be judged, since they couldn't be read.
  public private(set) var unjudged = 0
  /// The findings that were left out because a baseline has them.
  public private(set) var suppressed = 0
  /// How often each code was found.
  public private(set) var codes: [FindingCode: Int] = [:]
  /// Whether the run was broken off, so that these are the counts so far.
  public var isInterrupted = false

  /// Creates counts of nothing.
  public init() {}

  /// Counts a result.
  public mutating func count(_ result: CheckResult) {
    checked += 1
    if result.isUnreadable {
      unjudged += 1
    } else if !result.isInspection {
      if result.verdict == .accepted { accepted += 1 } else { rejected += 1 }
    }
    warnings += result.findings.count { $0.severity == .warning }
    suppressed += result.suppressed.count
    for finding in result.findings { codes[finding.code, default: 0] += 1 }
  }

  /// How often each code was found, as "5 file-too-large, 2 damaged-file": the most frequent first. No line is broken
  /// between a number and its code.
  var codeCounts: String {
    codes.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .map { "\($0.value)\u{a0}\($0.key.rawValue)" }.joined(separator: ", ")
  }

  /// What a sentence with the counts has to add, from a comma on; empty for a whole run without a baseline.
  var asides: String {
    var text = ""
    if suppressed > 0 {
      text +=
        suppressed == 1 ? ", 1 baseline finding suppressed" : ", \(suppressed) baseline findings suppressed"
    }
    if isInterrupted { text += ", interrupted" }
    return text
  }
}

/// A report by its name.
public struct ReportFormat: Sendable {
  /// The name, as `--format` takes it.
  public let name: String
  /// Whether it shows the files themselves, from the open source that a result has kept.
  public var showsFiles = false
  /// Makes a report of the format.
  public let make: @Sendable (ReportContext) -> any Report

  /// Every format.
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

  /// The bytes that GitHub takes in the summary of a step.
  public static let stepSummaryLimit = 1 << 20

  /// The Markdown report for the summary of a step in a GitHub workflow.
  ///
  /// - Parameter room: The bytes that it may have.
  public static func stepSummary(_ context: ReportContext, room: Int) -> any Report {
    MarkdownReport(context, limit: room)
  }

  /// The format of a name; nil where there is none.
  public static func named(_ name: String) -> ReportFormat? { all.first { $0.name == name } }
}
