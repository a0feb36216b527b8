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
struct FileOptions: ParsableArguments {
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

  @OptionGroup var sandbox: SandboxOptions

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
}

/// How results are shown.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How results are shown: \(Self.formats).", valueName: "FORMAT"))
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
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// Which policy.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy to hold against: \(Policy.builtInNames.joined(separator: ", ")), or a policy file (default: the configuration's, or else \(Self.standard)).",
      valueName: "NAME|FILE"))
  var policy: String?

  private static let standard = Policy.builtInNames.first ?? ""

  func load() throws(Failure) -> Policy { try Self.load(policy ?? Self.standard) }

  /// A built-in policy, or else the policy file of that name.
  static func load(_ name: String) throws(Failure) -> Policy {
    if let policy = Policy.builtIn(named: name) { return policy }
    let text: [UInt8]
    do { text = try Input.all(ofFileAt: RawArguments.fileName(name)) } catch {
      let isName = !name.contains("/") && !name.contains(".")
      throw Failure(
        isName
          ? "there is no policy '\(name)', only \(Policy.builtInNames.joined(separator: ", ")), nor such a file"
          : "the policy file \(name): \(error)")
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw Failure("the policy file \(name) is not UTF-8 text")
    }
    do { return try Policy(parsing: text, name: name) } catch {
      throw Failure("the policy is mistaken\n\(error)")
    }
  }
}
