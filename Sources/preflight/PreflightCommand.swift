import ArgumentParser
import MediaPreflight
import PreflightProject
import PreflightSandbox
import PreflightTOML
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The command-line interface: parses arguments, finds files, shows results. Verdicts come from the library.
@main
struct PreflightCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preflight",
    abstract: "Check whether WhatsApp will accept a media file, before it is sent.",
    discussion: """
      An endpoint is the kind of message that a file is sent as: image, video, audio, document or sticker. A policy \
      says what a provider accepts at each: waconnect (the WaConnect gateway, the default), whatsapp-cloud (Meta's \
      Cloud API), or a file of your own.

      Exit status: 0 if every file is accepted; 1 if a file is rejected; 2 if something could not be judged \
      (a file can't be read, or an option, a configuration or a policy is invalid); 130 if interrupted.
      """,
    version: "\(Version.current)\nsandbox: \(Sandbox.offered)",
    subcommands: [
      CheckCommand.self, PayloadCommand.self, InspectCommand.self, HookCommand.self, ExplainCommand.self,
      PolicyCommand.self, InitCommand.self, ConfigCommand.self,
    ])

  /// Runs the command, with the documented exit statuses instead of those of the argument parser.
  static func main() {
    do {
      let arguments = RawArguments.current
      if let failure = unknownCommand(in: arguments) { throw failure }
      var command = try parseAsRoot(arguments)
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

extension PreflightCommand {
  /// The failure for an unknown command, with a suggestion; nil if the command is known.
  private static func unknownCommand(in arguments: [String]) -> Failure? {
    guard let word = arguments.first, !word.hasPrefix("-"), word != "help" else { return nil }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    if names.contains(word) { return nil }
    let path = FilePath(RawArguments.bytes(word))
    let isFile = (try? FileSource(path: path)) != nil || FolderListing(path, followsLink: true) != nil
    let advice =
      isFile
      ? "; to check a file: preflight check \(path.shellQuoted)" : TOMLDecoder.suggestion(word, names)
    return Failure("unknown command '\(word)'\(advice)\nSee 'preflight --help'.")
  }
}

/// The documented exit statuses of failures.
enum ExitStatus: Int32, Error {
  case rejected = 1
  case notJudged = 2
}

/// A failure with a message for standard error, and exit status 2.
struct Failure: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// The tool's version.
enum Version {
  static let current = "0.1.0"
}
