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
    let declaredType = declaredType
    let summary = try FileRun.run(
      files, reports, sandbox, in: project, hasPolicy: true,
      writing: findings.writeBaseline.map { [$0] } ?? []
    ) { name, settings in
      let result = try settings.engine.check(fileAt: name, as: settings.endpoint, declaredType: declaredType)
      return baseline?.leavingOutKnown(of: result) ?? result
    }
    try baseline?.finish()
    try FileRun.exit(summary, failOn: findings.failOn)
  }
}

/// An endpoint, or the one that the bytes call for.
enum EndpointChoice: String, ExpressibleByArgument, CaseIterable {
  case image, video, audio, document, sticker, auto

  var endpoint: Endpoint? { Endpoint(rawValue: rawValue) }
}
