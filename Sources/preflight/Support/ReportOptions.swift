import ArgumentParser
import MediaPreflight
import PreflightChannel
import PreflightReports
import PreflightTOML
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The options for reports.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Output format: \(Self.formats) (default: human; in a GitHub workflow github).", valueName: "FORMAT"),
    completion: .list(ReportFormat.all.map(\.name)))
  var format: String?

  @Option(help: ArgumentHelp("Write the report to a file, not to standard output.", valueName: "FILE"))
  var output: FilePath?

  @Option(
    help: ArgumentHelp("Also write a report to a file; may be repeated.", valueName: "FORMAT=FILE"),
    completion: .list(ReportFormat.all.map { $0.name + "=" }))
  var report: [String] = []

  @Flag(help: "Show how often each code was found instead of the results (human and json).")
  var statistics = false

  @Flag(name: .shortAndLong, help: "List every file, not only those with findings (human).")
  var verbose = false

  @Flag(name: .shortAndLong, help: "List only findings that reject a file; don't show progress.")
  var quiet = false

  @Flag(help: "Don't show progress.")
  var noProgress = false

  @Option(help: ArgumentHelp("Use color: auto, always or never.", valueName: "WHEN"))
  var color = ColorChoice.auto

  private static let formats = ReportFormat.all.map(\.name).joined(separator: ", ")

  func validate() throws {
    _ = try mainFormat
    for text in report { _ = try Self.split(text) }
    if verbose, quiet { throw ValidationError("--verbose and --quiet can't be used together") }
  }

  /// The format of the main report. The default is `github` in a GitHub workflow, else `human`.
  var mainFormat: ReportFormat {
    get throws(ValidationError) {
      let isWorkflow = !statistics && Terminal.environment("GITHUB_ACTIONS") == "true"
      let format = try Self.format(format ?? (isWorkflow ? "github" : "human"))
      guard statistics else { return format }
      guard let counts = ReportFormat.statistics(as: format) else {
        throw ValidationError("--statistics needs the format human or json, not \(format.name)")
      }
      return counts
    }
  }

  /// Whether a report shows the files' content.
  var showsFiles: Bool {
    let names = [format].compactMap(\.self) + report.map { String($0.prefix { $0 != "=" }) }
    return names.contains { ReportFormat.named($0)?.showsFiles == true }
  }

  static func format(_ name: String) throws(ValidationError) -> ReportFormat {
    guard let format = ReportFormat.named(name) else {
      throw ValidationError(
        "unknown format '\(name)'" + TOMLDecoder.suggestion(name, ReportFormat.all.map(\.name)))
    }
    return format
  }

  static func split(_ text: String) throws(ValidationError) -> (format: ReportFormat, path: FilePath) {
    guard let equals = text.firstIndex(of: "="), text.index(after: equals) < text.endIndex else {
      throw ValidationError("--report needs FORMAT=FILE, not '\(text)'")
    }
    let path = RawArguments.bytes(String(text[text.index(after: equals)...]))
    return (try format(String(text[..<equals])), FilePath(path))
  }

  func context(policy: String?, codes: [Explanation]) -> ReportContext {
    let isTerminal = output == nil && Terminal.isTerminal(STDOUT_FILENO)
    let usesColor = color.isEnabled(onTerminal: isTerminal)
    return ReportContext(
      policy: policy, codes: codes, version: Version.current, usesColor: usesColor,
      usesLinks: usesColor && isTerminal && Terminal.hasLinks,
      listing: quiet ? .errors : verbose ? .all : .findings,
      width: (isTerminal ? Terminal.width(STDOUT_FILENO) : nil) ?? Terminal.standardWidth,
      root: RunEnvironment.projectFolder,
      folder: Terminal.workingFolder)
  }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Whether to use colors.
  ///
  /// NO_COLOR and FORCE_COLOR (no-color.org, force-color.org) apply if they are not empty. FORCE_COLOR also applies if
  /// the output is not a terminal, as in most CI jobs.
  func isEnabled(onTerminal isTerminal: Bool) -> Bool {
    func isSet(_ name: String) -> Bool { !(Terminal.environment(name) ?? "").isEmpty }
    switch self {
    case .always: return true
    case .never: return false
    case .auto:
      if isSet("NO_COLOR") { return false }
      if isSet("FORCE_COLOR") { return Terminal.environment("FORCE_COLOR") != "0" }
      return isTerminal && Terminal.environment("TERM") != "dumb"
    }
  }
}
