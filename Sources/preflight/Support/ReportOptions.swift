import ArgumentParser
import MediaPreflight
import PreflightReports
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How results are shown.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How results are shown: \(Self.formats).", valueName: "FORMAT"))
  var format: String?

  @Option(help: ArgumentHelp("Write the report to a file.", valueName: "FILE"))
  var output: FilePath?

  @Option(help: ArgumentHelp("Write one more report to a file; may be repeated.", valueName: "FORMAT=FILE"))
  var report: [String] = []

  @Flag(help: "Show how often each code was found in place of the results (human and json).")
  var statistics = false

  @Flag(help: "Leave out files with nothing to say of them.")
  var quiet = false

  @Flag(help: "Show no progress.")
  var noProgress = false

  @Option(help: ArgumentHelp("Use colours: auto, always or never.", valueName: "WHEN"))
  var color = ColorChoice.auto

  private static let formats = ReportFormat.all.map(\.name).joined(separator: ", ")

  func validate() throws {
    _ = try mainFormat
    for text in report { _ = try Self.split(text) }
  }

  /// The format that was asked for; in a GitHub workflow annotations, else text for people.
  var mainFormat: ReportFormat {
    get throws(ValidationError) {
      let isWorkflow = !statistics && Terminal.environment("GITHUB_ACTIONS") == "true"
      let format = try Self.format(format ?? (isWorkflow ? "github" : "human"))
      guard statistics else { return format }
      guard let counts = ReportFormat.statistics(as: format) else {
        throw ValidationError("--statistics are shown as human or json, not as \(format.name)")
      }
      return counts
    }
  }

  static func format(_ name: String) throws(ValidationError) -> ReportFormat {
    guard let format = ReportFormat.named(name) else {
      throw ValidationError("'\(name)' is no report format, only \(formats)")
    }
    return format
  }

  static func split(_ text: String) throws(ValidationError) -> (format: ReportFormat, path: FilePath) {
    guard let equals = text.firstIndex(of: "="), text.index(after: equals) < text.endIndex else {
      throw ValidationError("--report takes FORMAT=FILE, not '\(text)'")
    }
    let path = RawArguments.bytes(String(text[text.index(after: equals)...]))
    return (try format(String(text[..<equals])), FilePath(path))
  }

  func context(policy: String?) -> ReportContext {
    let isTerminal = output == nil && Terminal.isTerminal(STDOUT_FILENO)
    let usesColor =
      switch color {
      case .always: true
      case .never: false
      case .auto:
        isTerminal && (Terminal.environment("NO_COLOR") ?? "").isEmpty
          && Terminal.environment("TERM") != "dumb"
      }
    return ReportContext(
      policy: policy, version: Version.current, usesColor: usesColor, isQuiet: quiet,
      width: isTerminal ? Terminal.width(STDOUT_FILENO) : nil, root: Surroundings.projectFolder,
      folder: Terminal.workingFolder, content: Surroundings.content(of:))
  }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}
