import ArgumentParser
import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The command line: it parses arguments, finds files, shows results, and decides nothing.
@main
struct PreflightCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preflight",
    abstract: "Says, before anything is sent, whether WhatsApp will take a file, and if not, exactly why.",
    discussion: """
      Exit status: 0 every file accepted; 1 at least one rejected; 2 something could not be judged \
      (the command line, a policy or a path is wrong, a file can't be read, a report can't be written); \
      130 it was interrupted.
      """,
    version: "\(Version.current)\nsandbox: \(Sandbox.offered)",
    subcommands: [
      CheckCommand.self, PayloadCommand.self, InspectCommand.self, HookCommand.self, ExplainCommand.self,
      PolicyCommand.self, InitCommand.self, ConfigCommand.self, SandboxCommand.self,
    ])

  /// Runs the command with the exit statuses of the contract in place of the argument parser's.
  static func main() {
    do {
      let words = RawArguments.current
      if let run = PlainCommandLine.run(words) { return try run.run() }
      var command = try subcommand(words) ?? parseAsRoot(words)
      try command.run()
    } catch let exit as ExitStatus {
      Terminal.exit(exit.rawValue)
    } catch is ClosedPipe {
      Terminal.endByClosedPipe()
    } catch let failure as Failure {
      Terminal.fail(failure.message)
    } catch {
      let isClean = exitCode(for: error) == .success
      let message = fullMessage(for: error)
      if !message.isEmpty { Terminal.write(message + "\n", to: isClean ? STDOUT_FILENO : STDERR_FILENO) }
      Terminal.exit(isClean ? 0 : ExitStatus.notJudged.rawValue)
    }
  }
}

/// A command that reads its options and leaves the rest to a run.
protocol RunCommand: ParsableCommand {
  associatedtype Run: CommandRun

  /// What the options ask for.
  var asked: Run { get }
}

extension RunCommand {
  func run() throws { try asked.run() }
}

extension PreflightCommand {
  /// The subcommand that is plainly named by the first word, parsed without the rest of the tree: setting up
  /// all of them is most of what a run over one small file takes. Nil where it isn't as plain as that, or is
  /// mistaken: then the whole tree answers, with the right help.
  private static func subcommand(_ words: [String]) -> (any ParsableCommand)? {
    guard let name = words.first,
      let type = configuration.subcommands.first(where: { $0.configuration.commandName == name }),
      type.configuration.subcommands.isEmpty
    else { return nil }
    return try? type.parseAsRoot(Array(words.dropFirst()))
  }
}

/// The exit statuses that scripts rely on.
enum ExitStatus: Int32, Error {
  case rejected = 1
  case notJudged = 2
}

/// One message on standard error, and status 2.
struct Failure: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// The tool's version.
enum Version {
  static let current = "0.1.0"
}
