import SystemPackage
import ArgumentParser
import MediaPreflight
import PreflightProject

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
    abstract: "Check configurations, and show what holds for a file.",
    subcommands: [Show.self, Lint.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show the settings that hold for a file, and where each was said.")

    @Argument(help: "Files; they need not be there.")
    var files: [FilePath]

    @OptionGroup var projects: ProjectOptions

    func run() throws {
      let project = try projects.project(Settings())
      var text = ""
      for file in files {
        let path = project.absolute(file)
        let settings = project.allSettings(ofFileAt: path)
        let deciding = project.ignoring(path)
        if !project.error.lines.isEmpty { throw Failure(project.error) }
        text += SettingsText.text(of: settings, ignoredBy: deciding, named: file)
      }
      Terminal.write(text, to: STDOUT_FILENO)
    }
  }

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lint", abstract: "Check configurations: each mistake with line and column.",
      discussion: """
        Of a folder, the configurations in it, below it, and above it as far as the root of the repository; \
        or files of any name.
        """)

    @Argument(help: "Folders and configurations (default: the working folder).")
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
      Terminal.write("\(errors)\n", to: STDERR_FILENO)
      throw ExitStatus.notJudged
    }
  }
}

/// The settings of a file as text for people.
private enum SettingsText {
  static func text(
    of settings: Settings, ignoredBy deciding: (list: IgnoreList, pattern: IgnorePattern)?,
    named name: FilePath
  ) -> String {
    var rows: [(key: String, value: String, origin: String)] = []
    func add<T>(_ key: String, _ setting: Setting<T>?, _ standard: String, _ value: (T) -> String) {
      rows.append(
        (key, setting.map { value($0.value) } ?? standard, setting?.origin.description ?? "default"))
    }
    add("policy", settings.policy, Policy.builtInNames.first ?? "") { $0.policy.name }
    add("endpoint", settings.endpoint, "auto") { $0?.rawValue ?? "auto" }
    add("strict", settings.isStrict, "false") { $0 ? "true" : "false" }
    for (code, setting) in settings.severities.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      add(code.rawValue, setting, "") { $0?.rawValue ?? "off" }
    }
    if let deciding {
      let place = deciding.list.source + (deciding.pattern.line > 0 ? ":\(deciding.pattern.line)" : "")
      rows.append(
        (
          "ignored", deciding.pattern.isNegated ? "no" : "yes",
          "\(place), \(EscapedText.of(deciding.pattern.text))"
        ))
    } else {
      rows.append(("ignored", "no", "default"))
    }
    let widths = (rows.map(\.key.count).max() ?? 0, rows.map(\.value.count).max() ?? 0)
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    return name.display + "\n"
      + rows.map { "  \(padded($0.key, widths.0))  \(padded($0.value, widths.1))  (\($0.origin))\n" }.joined()
  }
}
