import ArgumentParser
import MediaPreflight

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what the bytes are, with no policy applied.",
    discussion: """
      The results are those of 'check' without verdict and endpoint, and of the findings only those that \
      are about the file itself.
      """)

  @OptionGroup var files: FileOptions
  @OptionGroup var reports: ReportOptions

  func run() throws {
    let engine = Preflight()
    let summary = try FileRun.run(files, reports, policy: nil) { name in
      do { return try engine.inspect(fileAt: name) } catch let error as SnifferError {
        throw Failure(error.description)
      }
    }
    try FileRun.exit(summary)
  }
}
