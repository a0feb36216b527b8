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
  ///   - sockets: The sockets to our processes that fetch or fix.
  func enter(writing written: [FilePath] = [], exchangingOn sockets: [FileDescriptor] = []) {
    if !isDisabled { Sandbox.enter(writing: written, exchangingOn: sockets) }
  }
}
