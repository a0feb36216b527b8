import ArgumentParser
import MediaPreflight
import PreflightProject
import SystemPackage

/// The options for configurations and ignored files.
struct ProjectOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use only this configuration file; its globs are relative to its folder.", valueName: "FILE"),
    completion: .file(extensions: ["toml"]))
  var config: FilePath?

  @Flag(help: "Ignore all configuration files.")
  var isolated = false

  @Option(
    help: ArgumentHelp(
      "Skip files that match a glob, written as in .gitignore; may be repeated.", valueName: "GLOB"))
  var exclude: [String] = []

  @Flag(help: "Skip ignored files even if they are named on the command line.")
  var forceExclude = false

  @Flag(help: "Don't use .gitignore files; configurations and --exclude still apply.")
  var noIgnore = false

  func validate() throws {
    if config != nil, isolated { throw ValidationError("--config and --isolated can't be used together") }
    for text in exclude {
      do { _ = try IgnorePattern(RawArguments.bytes(text)[...], line: 0) } catch {
        throw ValidationError("--exclude '\(text)' can't match anything: \(error.reason)")
      }
    }
  }

  /// Creates the project for the working folder.
  ///
  /// - Parameters:
  ///   - overrides: The command line's settings, which override every configuration.
  ///   - selection: The codes that are reported.
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

/// The configuration option of commands that other programs call. No configuration is searched for, so that a stray file
/// can't change the answers.
struct ConfigOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use the policy, endpoints and severities of a configuration file.",
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
  /// Creates the project for the working folder.
  convenience init(_ options: Options) throws(Failure) {
    do {
      try self.init(options, workingFolder: Terminal.workingFolder ?? FilePath("/"))
    } catch { throw Failure(error) }
  }
}

extension Failure {
  init(_ error: ConfigurationError) { self.init("invalid configuration\n\(error)") }
}

extension Settings {
  /// Creates the settings of the command line.
  ///
  /// - Parameter takesSeveral: Whether there may be several policies, separated by commas.
  init(
    _ policy: PolicyOptions, takesSeveral: Bool = false, endpoint: EndpointChoice? = nil,
    isStrict: Bool? = nil
  ) throws(Failure) {
    self.init()
    if let list = policy.policy {
      let names = takesSeveral ? PolicyOptions.names(in: list) : [list]
      let policies = try names.map(PolicyOptions.load)
      self.policy = policies.first.map { Setting($0, .commandLine) }
      otherPolicies = Array(policies.dropFirst())
    }
    self.endpoint = endpoint.map { Setting($0.endpoint, .commandLine) }
    self.isStrict = isStrict.map { Setting($0, .commandLine) }
  }
}
