import ArgumentParser
import PreflightSandbox
import SystemPackage

/// Whether to enter the sandbox.
struct SandboxOptions: ParsableArguments {
  @Flag(
    name: .customLong("no-sandbox"),
    help: "Disable the sandbox, which denies network access, other programs and writing files.")
  var isUnwanted = false

  /// Enters the sandbox, unless disabled.
  ///
  /// - Parameter written: Files that are written later and stay writable.
  func enter(writing written: [FilePath] = []) {
    if !isUnwanted { Sandbox.enter(writing: written) }
  }
}
