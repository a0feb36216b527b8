import ArgumentParser
import MediaPreflight
import PreflightProject

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what the bytes of files are, without a policy.",
    discussion: """
      Results are those of 'check' without a verdict and an endpoint, and with only the findings about the file \
      itself. Of a configuration, only its list of ignored files is used.

      Exit status: 0, or 2 if a file can't be read or an option is invalid; 130 if interrupted.
      """)

  @OptionGroup(title: "Files") var files: FileOptions
  @OptionGroup(title: "URLs") var fetching: FetchOptions
  @OptionGroup(title: "Reports") var reports: ReportOptions
  @OptionGroup(title: "Configurations and ignored files") var projects: ProjectOptions
  @OptionGroup var sandbox: SandboxOptions

  func run() throws {
    let engine = Preflight(depth: files.depthOptions.depth)
    let project = try projects.project(Settings())
    let files = files
    let summary = try FileRun.run(
      files, reports, sandbox, in: project, hasPolicy: false, fetching: fetching
    ) { file, _, options in
      var options = options
      options.keepsSource = reports.showsFiles
      let result =
        file.reference.path == nil
        ? try engine.inspectFetched(file.reference, options)
        : try engine.inspect(
          { try files.source(of: file) }, as: files.shownReference(of: file),
          keepingSource: reports.showsFiles)
      return [result]
    }
    try FileRun.exit(summary)
  }
}
