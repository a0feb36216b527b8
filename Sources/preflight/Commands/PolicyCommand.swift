import ArgumentParser
import MediaPreflight
import PreflightTOML
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "List, show and check policies.",
    discussion: "Exit status: 0, or 2 if a policy is unknown or invalid.",
    subcommands: [List.self, Show.self, Lint.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the built-in policies.", discussion: "Exit status: 0.")

    @Option(help: ArgumentHelp("Output format: human or json.", valueName: "FORMAT"))
    var format = TextFormat.human

    func run() throws {
      if format == .json { return try writeJSON() }
      let width = Policy.builtInNames.map(\.count).max() ?? 0
      for name in Policy.builtInNames {
        guard let policy = Policy.builtIn(named: name) else { continue }
        let padding = String(repeating: " ", count: width - name.count)
        try Output.print("\(name)\(padding)  \(policy.title)\n")
      }
    }

    private func writeJSON() throws {
      var json = JSONWriter()
      json.array { json in
        for policy in Policy.builtInNames.compactMap(Policy.builtIn) {
          json.object { json in
            json.member("name", policy.name)
            json.member("title", policy.title)
            json.member("source", policy.source)
            json.member("endpoints", policy.endpointNames.map(\.rawValue))
          }
        }
      }
      json.endLine()
      try Output.print(json.bytes)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print the full text of a built-in policy, as a starting point for your own.",
      discussion: "Exit status: 0, or 2 if there is no such policy.")

    @Argument(help: "The policy's name.", completion: .list(Policy.builtInNames))
    var name: String

    @Option(
      help: ArgumentHelp("Output format: human (the TOML file) or json.", valueName: "FORMAT"))
    var format = TextFormat.human

    func run() throws {
      guard let text = Policy.builtInText(named: name) else {
        throw Failure("unknown policy '\(name)'" + TOMLDecoder.suggestion(name, Policy.builtInNames))
      }
      guard format == .json else {
        try Output.print(text)
        return
      }
      var mistakes: [Mistake] = []
      var json = JSONWriter()
      json.table(TOMLTable(parsing: Array(text.utf8), mistakes: &mistakes))
      json.endLine()
      try Output.print(json.bytes)
    }
  }

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lint", abstract: "Check policy files; report each error with line and column.",
      discussion: "Exit status: 0, or 2 if a policy is invalid.")

    @Argument(help: "Policy files.", completion: .file(extensions: ["toml"]))
    var files: [FilePath]

    func run() throws {
      var hasErrors = false
      for file in files {
        do {
          let text = try Input.all(ofFileAt: file, upTo: Limits.Project.byteCount)
          guard let text = String(validating: text, as: UTF8.self) else {
            throw Failure("is not UTF-8 text")
          }
          _ = try Policy(parsing: text, name: file.display)
        } catch let error as PolicyError {
          Terminal.writeMessage(PolicyOptions.text(of: error, in: file))
          hasErrors = true
        } catch let error as Failure {
          Terminal.write(.error, "\(file.display) \(error.message)")
          hasErrors = true
        } catch {
          Terminal.write(.error, "\(file.display): \(error)")
          hasErrors = true
        }
      }
      if hasErrors { throw ExitStatus.notJudged }
    }
  }
}
