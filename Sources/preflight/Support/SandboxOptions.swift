import ArgumentParser
import PreflightSandbox
import SystemPackage

/// Whether the process shuts itself in.
struct SandboxOptions: ParsableArguments {
  @Flag(
    name: .customLong("no-sandbox"),
    help: "Keep what the process else gives up before it looks at a file: other programs, network, writing.")
  var isUnwanted = false

  /// Shuts the process in, unless that is unwanted, but for the files that are written later on.
  func enter(writing written: [FilePath] = []) {
    if !isUnwanted { Sandbox.enter(writing: written) }
  }
}
