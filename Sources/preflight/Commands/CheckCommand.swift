import ArgumentParser
import MediaPreflight
import PreflightProject

struct CheckCommand: ParsedCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Give a verdict for every file.",
    discussion: """
      Folders are walked in sorted order, without hidden files, without what .gitignore or a configuration \
      ignores, and without following links to folders. A configuration is a preflight.toml or \
      .preflight.toml in a file's folder or above it, as far as the root of the repository; 'preflight \
      init' writes one. What the command line says holds over it. \
      Every finding is told, not only the first; 'preflight explain CODE' says what one means.
      """)

  @OptionGroup var files: FileArguments
  @OptionGroup var policy: PolicyArguments
  @OptionGroup var findings: FindingArguments
  @OptionGroup var reports: ReportArguments
  @OptionGroup var projects: ProjectArguments

  @Option(
    help: ArgumentHelp(
      "Where the files go: image, video, audio, document, sticker, or auto for the endpoint whose formats hold the file's type (default: what the configuration says, or else auto).",
      valueName: "ENDPOINT"))
  var endpoint: EndpointChoice?

  @Option(help: ArgumentHelp("The media type that you mean to declare for each file.", valueName: "TYPE"))
  var declaredType: String?

  @Flag(inversion: .prefixedNo, help: "Let a warning reject as an error does.")
  var strict: Bool?

  @OptionGroup var sandbox: SandboxArguments

  var asked: CheckRun {
    CheckRun(
      files: files.options, policy: policy.options, findings: findings.options, reports: reports.options,
      projects: projects.options, sandbox: sandbox.options, endpoint: endpoint, declaredType: declaredType,
      strict: strict)
  }
}

/// A verdict for every file.
struct CheckRun: CommandRun {
  var files = FileOptions()
  var policy = PolicyOptions()
  var findings = FindingOptions()
  var reports = ReportOptions()
  var projects = ProjectOptions()
  var sandbox = SandboxOptions()
  var endpoint: EndpointChoice?
  var declaredType: String?
  var strict: Bool?

  func run() throws {
    let project = try projects.project(
      Settings(policy, endpoint: endpoint, isStrict: strict), selection: findings.selection)
    let baseline = try BaselineRun(findings)
    let declaredType = declaredType
    let summary = try FileRun.run(
      files, reports, sandbox, in: project, hasPolicy: true,
      writing: findings.writeBaseline.map { [RawArguments.fileName($0)] } ?? []
    ) { name, settings in
      let result = try settings.engine.check(fileAt: name, as: settings.endpoint, declaredType: declaredType)
      return baseline?.leavingOutKnown(of: result) ?? result
    }
    try baseline?.finish()
    try FileRun.exit(summary, failOn: findings.failOn)
  }

  // MARK: Plain command lines

  mutating func take(_ word: String) -> Bool {
    files.paths.append(word)
    return true
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    switch name {
    case "endpoint": words.set(&endpoint, EndpointChoice.init)
    case "declared-type": words.set(&declaredType)
    case "strict": words.set(&strict, to: true)
    case "no-strict": words.set(&strict, to: false)
    default:
      files.take(name, &words) ?? reports.take(name, &words) ?? findings.take(name, &words)
        ?? policy.take(name, &words) ?? projects.take(name, &words) ?? sandbox.take(name, &words)
    }
  }

  func validate() throws {
    try files.validate()
    try findings.validate()
    try reports.validate()
    try projects.validate()
  }
}

/// An endpoint, or the one that the bytes call for.
enum EndpointChoice: String, ExpressibleByArgument, CaseIterable {
  case image, video, audio, document, sticker, auto

  var endpoint: Endpoint? { Endpoint(rawValue: rawValue) }
}
