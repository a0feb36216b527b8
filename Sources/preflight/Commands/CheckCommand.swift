import ArgumentParser
import MediaPreflight

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Give a verdict for every file.",
    discussion: """
      Folders are walked in sorted order, without hidden files and without following links to folders. \
      Every finding is told, not only the first; 'preflight explain CODE' says what one means.
      """)

  @OptionGroup var files: FileOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var reports: ReportOptions

  @Option(
    help: ArgumentHelp(
      "Where the files go: image, video, audio, document, sticker, or auto for the endpoint whose formats hold the file's type.",
      valueName: "ENDPOINT"))
  var endpoint = EndpointChoice.auto

  @Option(help: ArgumentHelp("The media type that you mean to declare for each file.", valueName: "TYPE"))
  var declaredType: String?

  @Flag(help: "Let a warning reject as an error does.")
  var strict = false

  func run() throws {
    let engine = Preflight(policy: try policy.load(), isStrict: strict)
    let (endpoint, declaredType) = (endpoint.endpoint, declaredType)
    let summary = try FileRun.run(files, reports, policy: engine.policy.name) { name in
      do {
        return try engine.check(fileAt: name, as: endpoint, declaredType: declaredType)
      } catch let error as SnifferError { throw Failure(error.description) }
    }
    try FileRun.exit(summary)
  }
}

/// An endpoint, or the one that the bytes call for.
enum EndpointChoice: String, ExpressibleByArgument, CaseIterable {
  case image, video, audio, document, sticker, auto

  var endpoint: Endpoint? { Endpoint(rawValue: rawValue) }
}
