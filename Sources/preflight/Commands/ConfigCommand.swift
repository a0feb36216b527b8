import SystemPackage
import ArgumentParser
import MediaPreflight
import PreflightProject
import PreflightReports

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Check configuration files, and show the settings of a file or folder.",
    discussion: "Exit status: 0, or 2 if a configuration is invalid.",
    subcommands: [Show.self, Lint.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show the settings of files or folders, and where each comes from.",
      discussion: "Exit status: 0, or 2 if a configuration is invalid.")

    @Argument(
      help: ArgumentHelp(
        "Files or folders (default: the working folder). They need not exist.", valueName: "PATH"))
    var paths: [FilePath] = ["."]

    @Option(help: ArgumentHelp("Output format: human or json.", valueName: "FORMAT"))
    var format = TextFormat.human

    @OptionGroup var projects: ProjectOptions

    func run() throws {
      let project = try projects.project(Settings())
      var rows: [SettingsRows] = []
      for name in paths {
        let path = project.absolute(name)
        let settings = project.allSettings(at: path)
        let ignoredBy = project.decidingPattern(forFileAt: path)
        if !project.error.lines.isEmpty { throw Failure(project.error) }
        rows.append(SettingsRows(settings, ignoredBy: ignoredBy, named: name))
      }
      switch format {
      case .human: try Output.print(VisibleText.log(rows.map(\.text).joined()))
      case .json:
        var json = JSONWriter()
        json.array { json in for rows in rows { rows.write(to: &json) } }
        json.endLine()
        try Output.print(json.bytes)
      }
    }
  }

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lint", abstract: "Check configuration files; report each error with line and column.",
      discussion: """
        For a folder, checks the configuration files in it, below it, and above it up to the root of the \
        repository. Files may have any name.

        Exit status: 0, or 2 if a configuration is invalid.
        """)

    @Argument(help: "Folders and configuration files.")
    var paths: [FilePath] = ["."]

    func run() throws {
      var errors = ConfigurationError()
      for path in paths {
        var options = Project.Options()
        let isFolder = FolderListing(path, followsLink: true) != nil
        if !isFolder { options.search = .file(path) }
        do {
          let project = try Project(options, workingFolder: Terminal.workingFolder ?? FilePath("/"))
          let walk = FileWalk([path], in: project)
          try walk.survey()
        } catch { errors.add(error.lines) }
      }
      guard !errors.lines.isEmpty else { return }
      Terminal.writeMessage("\(errors)")
      throw ExitStatus.notJudged
    }
  }
}

/// The settings of a file or folder, one row per setting.
private struct SettingsRows {
  private struct Row {
    let key: String
    let value: String
    let origin: String
  }

  private let name: FilePath
  private var rows: [Row] = []

  init(
    _ settings: Settings, ignoredBy: (list: IgnoreList, pattern: IgnorePattern)?,
    named name: FilePath
  ) {
    self.name = name
    add("policy", settings.policy, Policy.builtInNames.first ?? "") { $0.policy.name }
    add("endpoint", settings.endpoint, Endpoint.automatic) { $0?.rawValue ?? Endpoint.automatic }
    add("strict", settings.isStrict, "false") { $0 ? "true" : "false" }
    for (code, setting) in settings.severities.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      add(code.rawValue, setting, "") { $0?.rawValue ?? "off" }
    }
    var ignored = Row(key: "ignored", value: "no", origin: "default")
    if let (list, pattern) = ignoredBy {
      let place = list.source + (pattern.line > 0 ? ":\(pattern.line)" : "")
      ignored = Row(
        key: "ignored", value: pattern.isNegated ? "no" : "yes",
        origin: "\(place), \(EscapedText.of(Array(pattern.text)))")
    }
    rows.append(ignored)
  }

  private mutating func add<T>(
    _ key: String, _ setting: Setting<T>?, _ standard: String, _ value: (T) -> String
  ) {
    rows.append(
      Row(
        key: key, value: setting.map { value($0.value) } ?? standard,
        origin: setting?.origin.description ?? "default"))
  }

  /// The name, followed by the rows in aligned columns.
  var text: String {
    let widths = (rows.map(\.key.count).max() ?? 0, rows.map(\.value.count).max() ?? 0)
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    return name.display + "\n"
      + rows.map { "  \(padded($0.key, widths.0))  \(padded($0.value, widths.1))  (\($0.origin))\n" }.joined()
  }

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("path", name.display)
      json.key("settings")
      json.array { json in
        for row in rows {
          json.object { json in
            json.member("key", row.key)
            json.member("value", row.value)
            json.member("origin", row.origin)
          }
        }
      }
    }
  }
}
