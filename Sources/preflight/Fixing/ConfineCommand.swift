import ArgumentParser
import PreflightFix
import PreflightSandbox
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Becomes another project's program, without a network, and with one folder to write to.
struct ConfineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ProgramRunner.confineCommand, abstract: "Start a program for 'preflight fix' (internal).",
    shouldDisplay: false)

  @Argument var folder: FilePath

  @Argument(parsing: .captureForPassthrough) var words: [String]

  func run() throws {
    guard let program = words.first else { return }
    Sandbox.enter(writing: [folder.appending("output")], startingPrograms: true)
    // The copies live until the process becomes the program.
    var arguments = words.map { strdup($0) } + [nil]
    execvp(program, &arguments)
    Terminal.exit(errno == ENOENT ? ProgramRunner.notFound : 126)
  }
}
