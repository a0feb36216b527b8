import ArgumentParser
import MediaPreflight
import PreflightProject

struct CheckCommand: ParsableCommand {
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

  @OptionGroup var files: FileOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var findings: FindingOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var projects: ProjectOptions

  @Option(
    help: ArgumentHelp(
      "Where the files go: image, video, audio, document, sticker, or auto for the endpoint whose formats hold the file's type (default: what the configuration says, or else auto).",
      valueName: "ENDPOINT"))
  var endpoint: EndpointChoice?

  @Option(help: ArgumentHelp("The media type that you mean to declare for each file.", valueName: "TYPE"))
  var declaredType: String?

  @Flag(inversion: .prefixedNo, help: "Let a warning reject as an error does.")
  var strict: Bool?

  @OptionGroup var sandbox: SandboxOptions

  func run() throws {
    let project = try projects.project(
      Settings(policy, endpoint: endpoint, isStrict: strict), selection: findings.selection)
    let baseline = try BaselineRun(findings)
    let (files, declaredType) = (files, declaredType)
    let summary = try FileRun.run(
      files, reports, sandbox, in: project, hasPolicy: true,
      writing: findings.writeBaseline.map { [$0] } ?? []
    ) { file, settings in
      var options = CheckOptions(settings.endpoint, declaredType)
      options.depth = files.depth
      options.keepsSource = baseline != nil || reports.showsFiles
      let result = try settings.engine.check(
        { try files.source(of: file) }, named: files.shownName(of: file), options)
      let known = baseline?.leavingOutKnown(of: result) ?? result
      return reports.showsFiles ? known : known.closingSource()
    }
    try baseline?.finish()
    try FileRun.exit(summary, failOn: findings.failOn.value)
  }
}

/// An endpoint by the name that a policy gives it, or the one that the bytes call for.
struct EndpointChoice: ExpressibleByArgument {
  /// Nil for the one that the bytes call for.
  let endpoint: Endpoint?

  init(argument: String) {
    endpoint = argument == Endpoint.automatic ? nil : Endpoint(rawValue: argument)
  }
}
