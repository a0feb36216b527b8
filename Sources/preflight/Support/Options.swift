import ArgumentParser
import MediaPreflight
import PreflightProject
import PreflightReport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Which files.
struct FileOptions: PlainOptions {
  var paths: [String] = []
  /// Where more paths are listed; `-` is standard input.
  var filesFrom: String?
  var isNulSeparated = false
  var requireFiles = false
  /// How many files are checked at a time; 0 for as many as there are cores.
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 0 { throw ValidationError("--jobs must be at least 0 (0: the cores)") }
    if paths.isEmpty, filesFrom == nil { throw ValidationError("no path is given; see --help") }
    if isNulSeparated, filesFrom == nil { throw ValidationError("-0 goes with --files-from") }
  }

  var jobCount: Int {
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    guard let jobs, jobs > 0 else { return cores }
    // More threads than this only wait for each other.
    return min(jobs, 256)
  }

  func names() throws(Failure) -> NameList {
    let names = paths.map(RawArguments.fileName)
    guard let filesFrom else { return NameList(names) }
    do {
      return NameList(names, list: try Input.source(filesFrom), separator: isNulSeparated ? .nul : .line)
    } catch { throw Failure("\(filesFrom): \(error)") }
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    switch name {
    case "files-from": words.set(&filesFrom)
    case "null": words.set(&isNulSeparated, to: true)
    case "require-files": words.set(&requireFiles, to: true)
    case "jobs": words.set(&jobs, { Int($0) })
    default: nil
    }
  }
}

/// The same as the argument parser takes them.
struct FileArguments: ParsableArguments {
  @Argument(help: "Files, and folders to walk.", completion: .file())
  var paths: [String] = []

  @Option(help: ArgumentHelp("Read paths from a file, or from standard input.", valueName: "FILE|-"))
  var filesFrom: String?

  @Flag(
    name: [.customShort("0"), .customLong("null")], help: "The paths of --files-from end with NUL bytes.")
  var isNulSeparated = false

  @Flag(help: "Fail when there is nothing to check.")
  var requireFiles = false

  @Option(help: ArgumentHelp("Check so many files at a time (default: the cores).", valueName: "N"))
  var jobs: Int?

  func validate() throws { try options.validate() }

  var options: FileOptions {
    FileOptions(
      paths: paths, filesFrom: filesFrom, isNulSeparated: isNulSeparated, requireFiles: requireFiles,
      jobs: jobs)
  }
}

/// How results are shown.
struct ReportOptions: PlainOptions {
  /// The report's format; nil for what the surroundings call for.
  var format: String?
  /// The file that it goes to; nil for standard output.
  var output: String?
  /// More reports, as `FORMAT=FILE`.
  var report: [String] = []
  var statistics = false
  var quiet = false
  var noProgress = false
  var color = ColorChoice.auto

  fileprivate static let formats = ReportFormat.all.map(\.name).joined(separator: ", ")

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

  static func split(_ text: String) throws(ValidationError) -> (format: ReportFormat, path: String) {
    guard let equals = text.firstIndex(of: "="), text.index(after: equals) < text.endIndex else {
      throw ValidationError("--report takes FORMAT=FILE, not '\(text)'")
    }
    return (try format(String(text[..<equals])), String(text[text.index(after: equals)...]))
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

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    switch name {
    case "format": words.set(&format)
    case "output": words.set(&output)
    case "report": words.append(to: &report)
    case "statistics": words.set(&statistics, to: true)
    case "quiet": words.set(&quiet, to: true)
    case "no-progress": words.set(&noProgress, to: true)
    case "color": words.set(&color, ColorChoice.init)
    default: nil
    }
  }
}

/// The same as the argument parser takes them.
struct ReportArguments: ParsableArguments {
  @Option(help: ArgumentHelp("How results are shown: \(ReportOptions.formats).", valueName: "FORMAT"))
  var format: String?

  @Option(help: ArgumentHelp("Write the report to a file.", valueName: "FILE"), completion: .file())
  var output: String?

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

  func validate() throws { try options.validate() }

  var options: ReportOptions {
    ReportOptions(
      format: format, output: output, report: report, statistics: statistics, quiet: quiet,
      noProgress: noProgress, color: color)
  }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// Which policy.
struct PolicyOptions: PlainOptions {
  /// A built-in policy or a policy file; nil for what a configuration says, or else the default.
  var policy: String?

  fileprivate static let standard = Policy.builtInNames.first ?? ""

  fileprivate static let names = Policy.builtInNames.joined(separator: ", ")

  func load() throws(Failure) -> Policy { try Self.load(policy ?? Self.standard) }

  /// A built-in policy, or else the policy file of that name.
  static func load(_ name: String) throws(Failure) -> Policy {
    if let policy = Policy.builtIn(named: name) { return policy }
    let text: [UInt8]
    do { text = try Input.all(ofFileAt: RawArguments.fileName(name)) } catch {
      let isName = !name.contains("/") && !name.contains(".")
      throw Failure(
        isName
          ? "there is no policy '\(name)', only \(names), nor such a file"
          : "the policy file \(name): \(error)")
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw Failure("the policy file \(name) is not UTF-8 text")
    }
    do { return try Policy(parsing: text, name: name) } catch {
      throw Failure("the policy is mistaken\n\(error)")
    }
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    name == "policy" ? words.set(&policy) : nil
  }
}

/// The same as the argument parser takes them.
struct PolicyArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy to hold against: \(PolicyOptions.names), or a policy file (default: the configuration's, or else \(PolicyOptions.standard)).",
      valueName: "NAME|FILE"))
  var policy: String?

  var options: PolicyOptions { PolicyOptions(policy: policy) }
}
