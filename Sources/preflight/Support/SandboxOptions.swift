import ArgumentParser
import PreflightSandbox
import SystemPackage

/// The option to disable the sandbox.
struct SandboxOptions: ParsableArguments {
  @Flag(
    name: .customLong("no-sandbox"),
    help: "Disable the sandbox, which denies network access, other programs and writing files.")
  var isDisabled = false

  /// Enters the sandbox, unless disabled.
  ///
  /// - Parameters:
  ///   - written: Files that are written later, and so must stay writable.
  ///   - socket: The socket to the program that fetches; nil if nothing is fetched.
  func enter(writing written: [FilePath] = [], exchangingOn socket: FileDescriptor? = nil) {
    if !isDisabled { Sandbox.enter(writing: written, exchangingOn: socket) }
  }
}
