import SystemPackage
import ArgumentParser
import MediaPreflight
import PreflightProject

/// What a project's own rules say, and which files they leave out.
struct ProjectOptions: PlainOptions {
  /// The one configuration that holds; nil for those that are found.
  var config: String?
  var isolated = false
  /// Globs of what is left out.
  var exclude: [String] = []
  var forceExclude = false
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
      options.search = .file(RawArguments.fileName(config))
    } else if isolated {
      options.search = .none
    }
    return try Project(options)
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    switch name {
    case "config": words.set(&config)
    case "isolated": words.set(&isolated, to: true)
    case "exclude": words.append(to: &exclude)
    case "force-exclude": words.set(&forceExclude, to: true)
    case "no-ignore": words.set(&noIgnore, to: true)
    default: nil
    }
  }
}

/// The same as the argument parser takes them.
struct ProjectArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take this configuration alone; its globs begin at its own folder.", valueName: "FILE"),
    completion: .file(extensions: ["toml"]))
  var config: String?

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

  func validate() throws { try options.validate() }

  var options: ProjectOptions {
    ProjectOptions(
      config: config, isolated: isolated, exclude: exclude, forceExclude: forceExclude, noIgnore: noIgnore)
  }
}

/// A configuration for a program that calls this one, whose answers must not hang on a stray file: none is
/// looked for.
struct ConfigOptions: PlainOptions {
  var config: String?

  func project(_ overrides: Settings) throws(Failure) -> Project {
    var options = Project.Options()
    options.overrides = overrides
    options.honoursGitignore = false
    options.search = config.map { .file(RawArguments.fileName($0)) } ?? .none
    return try Project(options)
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    name == "config" ? words.set(&config) : nil
  }
}

/// The same as the argument parser takes it.
struct ConfigArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take the policy, endpoints and severities of a configuration; none is looked for.",
      valueName: "FILE"),
    completion: .file(extensions: ["toml"]))
  var config: String?

  var options: ConfigOptions { ConfigOptions(config: config) }
}

extension Project {
  /// The project of the working folder.
  convenience init(_ options: Options) throws(Failure) {
    do {
      try self.init(options, workingFolder: Terminal.workingFolder ?? FilePath([]))
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
      self.policy = Setting(NamedPolicy(key: FilePath(name), policy: try policy.load()), .commandLine)
    }
    self.endpoint = endpoint.map { Setting($0.endpoint, .commandLine) }
    self.isStrict = isStrict.map { Setting($0, .commandLine) }
  }
}
