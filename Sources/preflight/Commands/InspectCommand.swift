import ArgumentParser
import MediaPreflight
import PreflightProject

struct InspectCommand: ParsedCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what the bytes are, with no policy applied.",
    discussion: """
      The results are those of 'check' without verdict and endpoint, and of the findings only those that \
      are about the file itself. Of a configuration only what it ignores is heeded.
      """)

  @OptionGroup var files: FileArguments
  @OptionGroup var reports: ReportArguments
  @OptionGroup var projects: ProjectArguments

  @OptionGroup var sandbox: SandboxArguments

  var asked: InspectRun {
    InspectRun(
      files: files.options, reports: reports.options, projects: projects.options, sandbox: sandbox.options)
  }
}

/// What the bytes are, with no policy applied.
struct InspectRun: CommandRun {
  var files = FileOptions()
  var reports = ReportOptions()
  var projects = ProjectOptions()
  var sandbox = SandboxOptions()

  func run() throws {
    let engine = Preflight()
    let project = try projects.project(Settings())
    let summary = try FileRun.run(files, reports, sandbox, in: project, hasPolicy: false) { name, _ in
      try engine.inspect(fileAt: name)
    }
    try FileRun.exit(summary)
  }

  // MARK: Plain command lines

  mutating func take(_ word: String) -> Bool {
    files.paths.append(word)
    return true
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    files.take(name, &words) ?? reports.take(name, &words) ?? projects.take(name, &words)
      ?? sandbox.take(name, &words)
  }

  func validate() throws {
    try files.validate()
    try reports.validate()
    try projects.validate()
  }
}
