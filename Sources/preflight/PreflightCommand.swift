import ArgumentParser
import MediaPreflight
import PreflightChannel
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
      An endpoint is the kind of message that a file is sent as: image, video, audio, document or sticker. WaConnect \
      is a gateway, a service that passes messages on to WhatsApp. A policy says what a provider accepts at each \
      endpoint: waconnect (the default), whatsapp-cloud (Meta's Cloud API), or a file of your own.

      Exit status: 0 if every file is accepted; 1 if a file is rejected; 2 if something could not be judged \
      (a file can't be read, or an option, a configuration or a policy is invalid); 130 if interrupted.
      """,
    version: "\(Version.current)\nsandbox: \(Sandbox.offered)",
    subcommands: [
      CheckCommand.self, FixCommand.self, PayloadCommand.self, UploadCommand.self, InspectCommand.self,
      HookCommand.self, ExplainCommand.self, PolicyCommand.self, InitCommand.self, ConfigCommand.self,
      SuperviseFetchCommand.self, SuperviseFixCommand.self, FixReaderCommand.self, ConfineCommand.self,
    ])

  /// Runs the command, with the documented exit statuses instead of those of the argument parser.
  static func main() {
    do {
      let arguments = RawArguments.current
      if let failure = unknownCommand(in: arguments) { throw failure }
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch { end(by: error) }
  }

  private static func end(by error: any Error) -> Never {
    switch error {
    case let exit as ExitStatus: Terminal.exit(exit.rawValue)
    case is ClosedPipe: Terminal.endByClosedPipe()
    case let failure as Failure: Terminal.write(.error, failure.message)
    case _ where exitCode(for: error) == .success:
      // Help, or the version.
      do { try Output.print(fullMessage(for: error) + "\n") } catch { end(by: error) }
      Terminal.exit(0)
    default:
      // The argument parser begins its messages with capitals.
      var message = fullMessage(for: error)
      let label = "Error: "
      if message.hasPrefix(label) {
        let text = message.dropFirst(label.count)
        message = "error: " + text.prefix(1).lowercased() + text.dropFirst()
      }
      if !message.isEmpty { Terminal.writeMessage(message) }
    }
    Terminal.exit(ExitStatus.notJudged.rawValue)
  }
}

extension PreflightCommand {
  /// The failure for an unknown command or subcommand, with a suggestion; nil if each is known.
  private static func unknownCommand(in arguments: [String]) -> Failure? {
    var command: any ParsableCommand.Type = self
    var known: [String] = []
    for word in arguments {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      guard let next = subcommands.first(where: { $0.configuration.commandName == word }) else {
        let name = (known + [word]).joined(separator: " ")
        let shown = subcommands.map { $0.configuration }.filter { $0.shouldDisplay }
        let names = shown.compactMap { $0.commandName }
        let advice = (known.isEmpty ? checkAdvice(word) : nil) ?? TOMLDecoder.suggestion(word, names)
        let help = (["preflight"] + known + ["--help"]).joined(separator: " ")
        return Failure("unknown command '\(name)'\(advice)\nSee '\(help)'.")
      }
      command = next
      known.append(word)
    }
    return nil
  }

  /// How to check a file that was given in place of a command; nil if there is no such file.
  private static func checkAdvice(_ word: String) -> String? {
    let path = FilePath(RawArguments.bytes(word))
    let isFile = (try? FileSource(path: path)) != nil || FolderListing(path, followsLink: true) != nil
    return isFile ? "; to check a file: preflight check \(path.shellQuoted)" : nil
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
