import ArgumentParser
import MediaPreflight
import PreflightChannel
import PreflightFix
import PreflightProject
import PreflightReferences
import PreflightSandbox
import Synchronization
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads files that are to be fixed, for `preflight fix`, and works out what to do.
///
/// It opens no file, starts no program and has no network: files come to it open, and a file that took it over could put
/// nothing else into what is made.
struct FixReaderCommand: ParsableCommand {
  static let name = "read-to-fix"

  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Read files for 'preflight fix' (internal).", shouldDisplay: false)

  func run() throws {
    // A terminal's interrupt ends preflight, and with it this.
    signal(SIGINT, SIG_IGN)
    let port = FixPort(Channel(.standardInput))
    guard case .begin(let recipe)? = port.next()?.order else { return }
    let engine: Preflight
    do {
      engine = try recipe.engine()
      // Loads libmagic's database, which can't be opened any more in the sandbox.
      try engine.prepare()
    } catch { return port.send(.failed("\(error)")) }
    Sandbox.limit(memory: Limits.Fixing.memory)
    Sandbox.enter(openingFiles: false, exchangingOn: [.standardInput])
    port.send(.ready)
    while case (.fix(let task), let file)? = port.next() {
      do { try fix(task, file, engine, port) } catch let error as ByteSourceError {
        port.send(.unreadable(error.description))
      } catch { port.send(.failed("\(error)")) }
    }
  }

  private func fix(
    _ task: FixTask, _ file: FileDescriptor?, _ engine: Preflight, _ port: FixPort
  ) throws {
    var options = Fixer.Options()
    options.depth = task.depth
    options.isDryRun = task.isDryRun
    let fixer = Fixer(engine, options)
    let reference = task.reference
    let result: FixResult
    if let file {
      result = try fixer.fix(
        try FileSource(file), named: reference.path, as: task.endpoint, with: port, to: task.output)
    } else {
      result = try fixFetched(reference, task, engine, fixer, port)
    }
    if !task.isDryRun, let content = result.content {
      port.send(.made)
      guard case (.write, let target?)? = port.next() else { return }
      do { try target.closeAfter { try content.copy(to: target) } } catch let error as Errno {
        throw ByteSourceError("what was made can't be kept, in TMPDIR or /tmp: \(error)")
      }
    }
    port.send(
      .done(
        FixEvent.Outcome(
          original: result.original, steps: result.steps, checked: result.checked, reason: result.reason)))
  }

  /// Fixes what a reference leads to. What is wrong with the answer itself can't be fixed here.
  private func fixFetched(
    _ reference: Reference, _ task: FixTask, _ engine: Preflight, _ fixer: Fixer, _ port: FixPort
  ) throws -> FixResult {
    var options = CheckOptions(task.endpoint)
    options.fetcher = port
    options.allowsPrivateHosts = task.allowsPrivateHosts
    options.keepsSource = true
    let checked = try engine.check(reference, options)
    guard let source = checked.source else { return FixResult(notFixed: checked) }
    var result = try fixer.fix(
      source, named: reference.fileName, as: task.endpoint, with: port, to: task.output)
    if result.steps.isEmpty, result.isAccepted, checked.verdict != .accepted {
      return FixResult(notFixed: checked)
    }
    result.original.reference = reference
    result.original.url = checked.url
    return result
  }
}

/// The reader's end: what it asks of the other process.
private final class FixPort: FixPrograms, Fetcher {
  private let channel: Channel
  private let reader: Mutex<Channel.Reader>

  init(_ channel: Channel) {
    self.channel = channel
    reader = Mutex(Channel.Reader(channel))
  }

  func send(_ event: FixEvent) {
    // If the other end is gone, the next message doesn't come.
    _ = try? channel.send(event)
  }

  /// The next message; nil if the other process has ended.
  func next() -> (order: FixOrder, file: FileDescriptor?)? {
    reader.withLock { $0.next(FixOrder.self).map { ($0.message, $0.file) } }
  }

  // MARK: Programs

  func probe(format: String) throws(FixError) -> String {
    send(.probe(format: format))
    switch next()?.order {
    case .probed(let json): return json
    case .notMade(let error): throw error
    default: throw .programFailed("ffprobe", "it gave no answer")
    }
  }

  func encode(
    _ encoding: Encoding, format: String, duration: Double?
  ) throws(FixError) -> any ByteSource {
    try made("ffmpeg", by: .encode(encoding, format: format, duration: duration))
  }

  func draw(_ encoding: ImageEncoding) throws(FixError) -> any ByteSource {
    try made("preflight-encode", by: .draw(encoding))
  }

  private func made(_ program: String, by event: FixEvent) throws(FixError) -> any ByteSource {
    send(event)
    switch next() {
    case (.made, let file?)?:
      do { return try FileSource(file) } catch { throw .programFailed(program, error.description) }
    case (.notMade(let error), _)?: throw error
    default: throw .programFailed(program, "it gave no answer")
    }
  }

  // MARK: Fetching

  func fetch(
    _ reference: Reference, from phoneNumberID: String?, upTo byteCount: UInt64?,
    limit: (any ByteSource) -> UInt64
  ) throws(FetchFailure) -> FetchedMedia {
    send(.fetch(phoneNumberID: phoneNumberID, upTo: byteCount))
    while true {
      switch next() {
      case (.beginning, let file)?: send(.limit(limit(try source(file))))
      case (.fetched(let transfer, let uploaded), let file)?:
        return FetchedMedia(transfer, uploaded: uploaded, source: try source(file))
      case (.notFetched(let failure), _)?: throw failure
      default: throw FetchFailure(.local, "what was fetched didn't come")
      }
    }
  }

  private func source(_ file: FileDescriptor?) throws(FetchFailure) -> any ByteSource {
    guard let file else { return MemorySource([]) }
    do { return try FileSource(file) } catch { throw FetchFailure(.local, error.description) }
  }
}
