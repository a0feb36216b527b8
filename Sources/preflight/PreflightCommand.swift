import ArgumentParser
import MediaPreflight
import PreflightSandbox

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
      PolicyCommand.self, InitCommand.self, ConfigCommand.self,
    ])

  /// Runs the command with the exit statuses of the contract in place of the argument parser's.
  static func main() {
    do {
      var command = try parseAsRoot(RawArguments.current)
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
