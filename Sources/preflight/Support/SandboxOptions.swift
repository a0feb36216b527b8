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
  /// - Parameter written: Files that are written later, and so must stay writable.
  func enter(writing written: [FilePath] = []) {
    if !isDisabled { Sandbox.enter(writing: written) }
  }
}
