import Dispatch
import MediaPreflight
import PreflightChannel
import PreflightFix
import PreflightProject
import PreflightReferences
import Synchronization
import SystemPackage

/// Has files fixed for this process, which can neither write files nor start programs.
final class FixClient: Sendable {
  private let channel: Channel
  private let requests = RequestTable<FixNote>()
  private let sending = Mutex(())

  /// Starts the process that fixes. Must be called before the sandbox is entered.
  ///
  /// - Parameter folder: Where it writes what was made; made if it doesn't exist.
  init(writingTo folder: FilePath) throws {
    do {
      try NewFile.makeFolder(folder)
      let (own, other) = try Channel.pair()
      channel = own
      defer { try? other.descriptor.close() }
      try ChildProcess.start(
        ChildProcess.ownPath, [SuperviseFixCommand.name, folder.string], standardInput: other.descriptor)
    } catch let error as FixError {
      throw Failure(error.description)
    } catch { throw Failure("\(ChildProcess.ownPath.display) can't be started again: \(error)") }
  }

  /// What the sandbox has to leave usable.
  var socket: FileDescriptor { channel.descriptor }

  /// Starts to receive. Must be called after the sandbox is entered, which holds for threads that are started later.
  func start() {
    DispatchQueue(label: "fix").async { [self] in
      var reader = Channel.Reader(channel)
      while let (reply, _) = reader.next(FixReply.self) { _ = requests.put(reply.note, for: reply.id) }
      requests.end(FixNote(reason: "The process that fixes has ended."))
    }
  }

  /// Fixes files for one engine.
  func fixer(_ recipe: EngineRecipe) -> some FileFixer { Fixer(client: self, recipe: recipe) }

  private struct Fixer: FileFixer {
    let client: FixClient
    let recipe: EngineRecipe

    func fix(
      _ source: any ByteSource, named reference: Reference, as endpoint: Endpoint?, depth: Depth?
    ) -> FixNote {
      let task = FixTask(
        reference: reference, endpoint: endpoint, depth: depth, isDryRun: false, allowsPrivateHosts: false)
      return client.fix(source, task, recipe)
    }
  }

  private func fix(_ source: any ByteSource, _ task: FixTask, _ recipe: EngineRecipe) -> FixNote {
    guard let file = source as? FileSource else { return FixNote(reason: "It is no file.") }
    let (id, notes) = requests.begin()
    defer { requests.remove(id) }
    // If the other end is gone, the receiving thread ends every request.
    sending.withLock { _ in
      _ = try? channel.send(FixRequest(id: id, task: task, recipe: recipe), with: file.fileDescriptor)
    }
    return notes.take() ?? FixNote(reason: "The process that fixes has ended.")
  }
}
