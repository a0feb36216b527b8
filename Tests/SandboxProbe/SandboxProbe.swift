import ArgumentParser
import Dispatch
import MediaPreflight
import PreflightSandbox
import Synchronization
import SystemPackage

/// Tries to get out of the sandbox: files are checked whose bytes, when a reader asks for them, try to get out. It
/// is tried on the main thread, where `preflight hook` reads, and on one that is started later, where `preflight
/// check` does.
@main
struct SandboxProbe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox-probe",
    abstract: "Try to get out of the sandbox.",
    discussion: "Exit status: 0 nothing got out; 1 something did.")

  @Argument(help: "An empty folder to try it in.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("Allow one file to be written, and write it.", valueName: "FILE"))
  var writing: String?

  @Option(
    help: ArgumentHelp("Do as if the kernel's Landlock were of this version, 0 for none.", valueName: "N"))
  var landlock = Int32.max

  @Option(help: ArgumentHelp("Allow messages on a descriptor.", valueName: "N"))
  var socket: Int32?

  @Flag(help: "Allow no file to be opened.")
  var closed = false

  @Flag(help: "Don't enter the sandbox.")
  var noSandbox = false

  func run() throws {
    let engine = Preflight()
    // What a process that can open nothing does before.
    if closed { try engine.prepare() }
    let escapes = Escape.all + (closed ? [Escape.reading] : [])
    let folders = (main: "\(folder)/main", other: "\(folder)/other")
    for folder in [folders.main, folders.other] {
      guard Escape.prepare(folder, for: escapes) else { throw ValidationError("\(folder) can't be made") }
    }
    if !noSandbox {
      Sandbox.enter(
        writing: writing.map { [FilePath($0)] } ?? [], openingFiles: !closed,
        exchangingOn: socket.map { [FileDescriptor(rawValue: $0)] } ?? [], landlock: landlock)
    }
    if let writing { print("write the allowed file:", Escape.replace(writing) ? "done" : "refused") }
    let main = escapes.map { $0.succeeds(in: folders.main, engine) }
    let other = onAnotherThread { escapes.map { $0.succeeds(in: folders.other, engine) } }
    for (index, escape) in escapes.enumerated() {
      let outcomes = Set([main[index], other[index]])
      print(
        "\(escape.name):",
        outcomes == [true] ? "done" : outcomes == [false] ? "refused" : "done on one thread")
    }
    if (main + other).contains(true) { throw ExitCode(1) }
  }

  private func onAnotherThread(_ body: @escaping @Sendable () -> [Bool]) -> [Bool] {
    let results = Mutex<[Bool]>([])
    let isDone = DispatchSemaphore(value: 0)
    DispatchQueue(label: "other").async {
      let new = body()
      results.withLock { $0 = new }
      isDone.signal()
    }
    isDone.wait()
    return results.withLock { $0 }
  }
}
