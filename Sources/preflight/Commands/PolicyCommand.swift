import ArgumentParser
import MediaPreflight
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
    subcommands: [List.self, Show.self, Lint.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the built-in policies.")

    func run() throws {
      let width = Policy.builtInNames.map(\.count).max() ?? 0
      for name in Policy.builtInNames {
        guard let policy = Policy.builtIn(named: name) else { continue }
        let padding = String(repeating: " ", count: width - name.count)
        Terminal.write("\(name)\(padding)  \(policy.title)\n", to: STDOUT_FILENO)
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print a built-in policy whole, as a file to build on.")

    @Argument(help: "The policy's name.", completion: .list(Policy.builtInNames))
    var name: String

    func run() throws {
      guard let text = Policy.builtInText(named: name) else {
        throw Failure("there is no policy '\(name)', only \(Policy.builtInNames.joined(separator: ", "))")
      }
      Terminal.write(text, to: STDOUT_FILENO)
    }
  }

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lint", abstract: "Check policy files: each mistake with line and column.")

    @Argument(help: "Policy files.", completion: .file(extensions: ["toml"]))
    var files: [FilePath]

    func run() throws {
      var isMistaken = false
      for file in files {
        do {
          let text = try Input.all(ofFileAt: file)
          guard let text = String(validating: text, as: UTF8.self) else {
            throw Failure("is not UTF-8 text")
          }
          _ = try Policy(parsing: text, name: file.display)
        } catch let error as PolicyError {
          Terminal.write("\(error)\n", to: STDERR_FILENO)
          isMistaken = true
        } catch let error as Failure {
          Terminal.note("\(file.display) \(error.message)")
          isMistaken = true
        } catch {
          Terminal.note("\(file.display): \(error)")
          isMistaken = true
        }
      }
      if isMistaken { throw ExitStatus.notJudged }
    }
  }
}
