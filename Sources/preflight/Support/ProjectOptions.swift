import ArgumentParser
import MediaPreflight
import PreflightProject
import SystemPackage

/// What a project's own rules say, and which files they leave out.
struct ProjectOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take this configuration alone; its globs begin at its own folder.", valueName: "FILE"),
    completion: .file(extensions: ["toml"]))
  var config: FilePath?

  @Flag(help: "Look for no configuration.")
  var isolated = false

  @Option(
    help: ArgumentHelp(
      "Leave out what a glob matches, written as in .gitignore; may be repeated.", valueName: "GLOB"))
  var exclude: [String] = []

  @Flag(help: "Leave out what is ignored even where it is named on the command line.")
  var forceExclude = false

  @Flag(help: "Heed no .gitignore; the configuration and --exclude still hold.")
  var noIgnore = false

  func validate() throws {
    if config != nil, isolated { throw ValidationError("--config and --isolated exclude each other") }
    for text in exclude {
      do { _ = try IgnorePattern(RawArguments.bytes(text)[...], line: 0) } catch {
        throw ValidationError("--exclude '\(text)' can match nothing: \(error.reason)")
      }
    }
  }

  /// The project of the working folder.
  ///
  /// - Parameters:
  ///   - overrides: What the command line says over every configuration.
  ///   - selection: The codes that count.
  func project(
    _ overrides: Settings, selection: CodeSelection = CodeSelection()
  ) throws(Failure) -> Project {
    var options = Project.Options()
    options.overrides = overrides
    options.selection = selection
    options.exclude = exclude.map(RawArguments.bytes)
    options.forcesExclusion = forceExclude
    options.honoursGitignore = !noIgnore
    if let config {
      options.search = .file(config)
    } else if isolated {
      options.search = .none
    }
    return try Project(options)
  }
}

/// A configuration for a program that calls this one, whose answers must not hang on a stray file: none is
/// looked for.
struct ConfigOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take the policy, endpoints and severities of a configuration; none is looked for.",
      valueName: "FILE"),
    completion: .file(extensions: ["toml"]))
  var config: FilePath?

  func project(_ overrides: Settings) throws(Failure) -> Project {
    var options = Project.Options()
    options.overrides = overrides
    options.honoursGitignore = false
    options.search = config.map { .file($0) } ?? .none
    return try Project(options)
  }
}

extension Project {
  /// The project of the working folder.
  convenience init(_ options: Options) throws(Failure) {
    do {
      try self.init(options, workingFolder: Terminal.workingFolder ?? FilePath("/"))
    } catch { throw Failure(error) }
  }
}

extension Failure {
  init(_ error: ConfigurationError) { self.init("the configuration is mistaken\n\(error)") }
}

extension Settings {
  /// What the command line says.
  init(_ policy: PolicyOptions, endpoint: EndpointChoice? = nil, isStrict: Bool? = nil) throws(Failure) {
    self.init()
    if let name = policy.policy {
      self.policy = Setting(NamedPolicy(key: name, policy: try PolicyOptions.load(name)), .commandLine)
    }
    self.endpoint = endpoint.map { Setting($0.endpoint, .commandLine) }
    self.isStrict = isStrict.map { Setting($0, .commandLine) }
  }
}
