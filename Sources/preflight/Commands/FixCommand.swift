import ArgumentParser
import MediaPreflight
import PreflightFix
import PreflightProject
import SystemPackage

struct FixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fix",
    abstract: "Make files that the endpoint accepts of rejected ones.",
    discussion: """
      Each rejected file is fixed by all its findings at once, with as few steps as possible and without loss where \
      that is possible. What was made is checked like any file before it is written. Accepted files are left alone.

      Without an output option, NAME-fixed.EXT is written beside the file. The file itself is changed only with \
      --in-place, and then replaced in one step, keeping its mode and times.

      Exit status: 0 if every file is accepted now; 1 if a file could not be fixed; 2 if a file can't be read or \
      written, or an option, a configuration or a policy is invalid; 130 if interrupted.
      """)

  @OptionGroup(title: "Files") var files: FileOptions
  @OptionGroup(title: "Output") var outputs: FixOutputOptions
  @OptionGroup(title: "Policy") var policy: PolicyOptions

  @Option(
    help: ArgumentHelp(
      "Endpoint that the files are sent to: \(EndpointChoice.words), or one for files of its kind (default: from the configuration, else auto).",
      valueName: "ENDPOINT"))
  var endpoint: EndpointChoice?

  @Flag(inversion: .prefixedNo, help: "Fix warnings too, and accept only files without them.")
  var strict: Bool?

  @OptionGroup(title: "Reports") var reports: FixReportOptions
  @OptionGroup(title: "URLs") var fetching: FetchOptions
  @OptionGroup(title: "Configurations and ignored files") var projects: ProjectOptions

  func run() throws {
    let project = try projects.project(Settings(policy, endpoint: endpoint, isStrict: strict))
    try FixRun(files: files, outputs: outputs, reports: reports, fetching: fetching, project: project).run()
  }
}

/// The options for where fixed files go.
struct FixOutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Write the fixed file here; for one PATH.", valueName: "FILE"))
  var output: FilePath?

  @Option(
    help: ArgumentHelp(
      "Write fixed files to a folder, with their names and with the folders below each PATH.",
      valueName: "DIR"))
  var outputDir: FilePath?

  @Flag(help: "Replace each file; if its type changes, its extension does too.")
  var inPlace = false

  @Flag(help: "Copy accepted files to the folder of --output-dir too.")
  var copyAccepted = false

  @Flag(help: "Overwrite existing files.")
  var force = false

  @Flag(
    name: [.customShort("n"), .customLong("dry-run")], help: "Show what would be done, and write nothing.")
  var dryRun = false

  func validate() throws {
    if [output != nil, outputDir != nil, inPlace].count(where: { $0 }) > 1 {
      throw ValidationError("--output, --output-dir and --in-place can't be used together")
    }
    if copyAccepted, outputDir == nil { throw ValidationError("--copy-accepted needs --output-dir") }
    if output?.isEmpty == true || outputDir?.isEmpty == true {
      throw ValidationError("an output needs a name")
    }
    if output == "-" { throw ValidationError("--output can't be standard output, which has the report") }
  }
}

/// The options for the report of a fixing run.
struct FixReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Output format: human, json, ndjson.", valueName: "FORMAT"),
    completion: .list(["human", "json", "ndjson"]))
  var format = FixFormat.human

  @Flag(name: .shortAndLong, help: "List only files that could not be fixed.")
  var quiet = false

  @Option(help: ArgumentHelp("Use color: auto, always or never.", valueName: "WHEN"))
  var color = ColorChoice.auto
}

/// A format of `--format` of `fix`.
enum FixFormat: String, ExpressibleByArgument, CaseIterable {
  case human, json, ndjson
}
