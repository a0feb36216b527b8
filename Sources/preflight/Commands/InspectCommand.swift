import ArgumentParser
import MediaPreflight
import PreflightProject

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what the bytes are, with no policy applied.",
    discussion: """
      The results are those of 'check' without verdict and endpoint, and of the findings only those that \
      are about the file itself. Of a configuration only its ignore list is used.
      """)

  @OptionGroup var files: FileOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var projects: ProjectOptions

  @OptionGroup var sandbox: SandboxOptions

  func run() throws {
    let engine = Preflight(depth: files.depth)
    let project = try projects.project(Settings())
    let files = files
    let summary = try FileRun.run(files, reports, sandbox, in: project, hasPolicy: false) { file, _ in
      try engine.inspect(
        { try files.source(of: file) }, named: files.shownName(of: file),
        keepingSource: reports.showsFiles)
    }
    try FileRun.exit(summary)
  }
}
