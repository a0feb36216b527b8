import MediaPreflight
import PreflightChannel
import PreflightFix
import PreflightProject
import PreflightReferences
import Synchronization
import SystemPackage

/// Has files read by processes that can do nothing else (`FixReaderCommand`). Any thread may; each has a process to itself
/// meanwhile.
final class FixReaders: Sendable {
  private let idle = Mutex<[EngineRecipe: [FixReader]]>([:])
  private let fetcher: FetchClient?

  /// - Parameter fetcher: Fetches URLs and media IDs; nil if none is named.
  init(_ fetcher: FetchClient?) { self.fetcher = fetcher }

  /// Has a file fixed.
  ///
  /// - Parameters:
  ///   - source: The file; nil for a reference that is fetched.
  ///   - programs: Start the programs for it.
  /// - Throws: ``Failure`` if nothing can be checked at all; `ByteSourceError` if this file can't.
  func fix(
    _ task: FixTask, _ source: (any ByteSource)?, with recipe: EngineRecipe,
    programs: (any ByteSource) -> any FixPrograms
  ) throws -> FixResult {
    let taken = idle.withLock { $0[recipe]?.popLast() }
    let reader = try taken ?? FixReader(recipe)
    // A reader that fails isn't used again.
    let result = try reader.fix(task, source, fetcher: fetcher, programs: programs)
    idle.withLock { $0[recipe, default: []].append(reader) }
    return result
  }
}

/// One such process, from this side.
private final class FixReader: Sendable {
  private let channel: Channel
  private let reader: Mutex<Channel.Reader>
  private let process: Int32

  init(_ recipe: EngineRecipe) throws {
    let other: Channel
    do {
      (channel, other) = try Channel.pair()
      defer { try? other.descriptor.close() }
      process = try ChildProcess.start(
        ChildProcess.ownPath, [FixReaderCommand.name], standardInput: other.descriptor)
    } catch {
      throw Failure("\(ChildProcess.ownPath.display) can't be started again: \(error)")
    }
    reader = Mutex(Channel.Reader(channel))
    channel.limitWaiting(seconds: Limits.Fixing.seconds)
    send(.begin(recipe))
    switch next()?.event {
    case .ready: break
    case .failed(let reason): throw Failure(reason)
    default: throw Failure("\(ChildProcess.ownPath.display) ends as soon as it is started again")
    }
  }

  deinit {
    try? channel.descriptor.close()
    // It waits for orders, or hangs.
    ChildProcess.end(process)
    _ = ChildProcess.wait(for: process)
  }

  func fix(
    _ task: FixTask, _ source: (any ByteSource)?, fetcher: FetchClient?,
    programs: (any ByteSource) -> any FixPrograms
  ) throws -> FixResult {
    var input = try source.map(Self.file)
    send(.fix(task), with: input?.fileDescriptor)
    var made: UnnamedFile?
    // Made once: they keep the file for the programs.
    var started: (any FixPrograms)?
    func programsForInput() throws -> any FixPrograms {
      if let started { return started }
      guard let input else { throw ByteSourceError("the process that reads it is confused") }
      let own = programs(source ?? input)
      started = own
      return own
    }
    while let (event, _) = next() {
      switch event {
      case .probe(let format):
        try answer { .probed(try programsForInput().probe(format: format)) }
      case .encode(let encoding, let format, let duration):
        try sendMade { try programsForInput().encode(encoding, format: format, duration: duration) }
      case .draw(let encoding):
        try sendMade { try programsForInput().draw(encoding) }
      case .fetch(let phoneNumberID, let byteCount):
        input = try fetch(task.reference, phoneNumberID, byteCount, fetcher)
      case .made:
        let file = try Self.unnamedFile()
        send(.write, with: file.writing)
        made = file
      case .unreadable(let reason): throw ByteSourceError(reason)
      case .failed(let reason): throw Failure(reason)
      case .done(let outcome):
        let content = try made.map { try FileSource($0.reading.duplicate()) }
        return FixResult(
          outcome.original, outcome.steps, checked: outcome.checked, content: content, reason: outcome.reason)
      case .ready, .limit: throw ByteSourceError("the process that reads it is confused")
      }
    }
    throw ByteSourceError("the process that read it ended unexpectedly")
  }

  // MARK: Messages

  private func send(_ order: FixOrder, with file: FileDescriptor? = nil) {
    // If the other end is gone, the next message doesn't come.
    _ = try? channel.send(order, with: file)
  }

  private func next() -> (event: FixEvent, file: FileDescriptor?)? {
    reader.withLock { $0.next(FixEvent.self).map { ($0.message, $0.file) } }
  }

  /// Sends what a program says, or why it said nothing.
  private func answer(_ order: () throws -> FixOrder) throws {
    do { send(try order()) } catch let error as FixError { send(.notMade(error)) }
  }

  private func sendMade(_ make: () throws -> any ByteSource) throws {
    do {
      let file = try Self.file(make())
      send(.made, with: file.fileDescriptor)
    } catch let error as FixError { send(.notMade(error)) }
  }

  private func fetch(
    _ reference: Reference, _ phoneNumberID: String?, _ byteCount: UInt64?, _ fetcher: FetchClient?
  ) throws -> FileSource? {
    guard let fetcher else { throw ByteSourceError("nothing can be fetched") }
    do {
      let fetched = try fetcher.fetch(reference, from: phoneNumberID, upTo: byteCount) { beginning in
        send(.beginning, with: (beginning as? FileSource)?.fileDescriptor)
        guard case .limit(let count)? = next()?.event else { return 0 }
        return count
      }
      let file = try Self.file(fetched.source)
      send(.fetched(fetched.transfer, fetched.uploaded), with: file.fileDescriptor)
      return file
    } catch let failure as FetchFailure {
      send(.notFetched(failure))
      return nil
    }
  }

  // MARK: Files

  /// A source as an open file.
  private static func file(_ source: any ByteSource) throws -> FileSource {
    if let file = source as? FileSource { return file }
    let copy = try unnamedFile()
    try source.copy(to: copy.writing)
    return try FileSource(copy.reading.duplicate())
  }

  private static func unnamedFile() throws -> UnnamedFile {
    do { return try UnnamedFile() } catch {
      throw ByteSourceError("this machine can't keep what is made, in TMPDIR or /tmp: \(error)")
    }
  }
}
