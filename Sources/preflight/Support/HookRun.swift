import Dispatch
import MediaPreflight
import PreflightReports
import Synchronization

/// Answers the lines of standard input on several threads, and writes the answers in the order of the requests, or
/// as they are done.
///
/// A thread takes a line, answers it and writes the answer itself, so that a single request is handed over only
/// once, by the ``InputPump``.
final class HookRun: Sendable {
  /// So many requests may be taken whose answers haven't been written, so that answers behind a slow one don't pile
  /// up.
  private static let window = 64

  private struct Writer: ~Copyable {
    var output = Output()
    var summary = Summary()
    /// The number of the answer that is written next, where they keep their order.
    var due = 1
    var waiting: [Int: HookAnswer] = [:]
    var error: (any Error)?
  }

  private let jobs: Int
  private let keepsOrder: Bool
  private let answer: @Sendable (RequestReader.Line) throws -> HookAnswer
  private let requests = Mutex(RequestReader(InputPump()))
  private let writer = Mutex(Writer())
  private let room = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// - Parameter answer: Answers a line; called on any of the threads.
  init(
    jobs: Int, keepsOrder: Bool, answer: @escaping @Sendable (RequestReader.Line) throws -> HookAnswer
  ) {
    self.jobs = jobs
    self.keepsOrder = keepsOrder
    self.answer = answer
    // Not as its first value: libdispatch ends a process that frees a semaphore which is below that.
    for _ in 0..<Self.window { room.signal() }
  }

  /// Answers until the input ends.
  ///
  /// - Throws: The first error that reading, answering or writing throws; other threads may still be busy then.
  func run() throws -> Summary {
    let workers = DispatchGroup()
    for _ in 0..<jobs { DispatchQueue(label: "worker").async(group: workers) { [self] in work() } }
    // An error ends the run at once: a worker may be waiting for input that never comes.
    workers.notify(queue: DispatchQueue(label: "end")) { [self] in ended.signal() }
    ended.wait()
    return try writer.withLock { writer in
      if let error = writer.error { throw error }
      return writer.summary
    }
  }

  private func work() {
    do {
      while true {
        room.wait()
        guard let line = try requests.withLock({ try $0.next() }) else {
          room.signal()
          return
        }
        try write(answer(line), number: line.number)
      }
    } catch {
      writer.withLock { if $0.error == nil { $0.error = error } }
      ended.signal()
    }
  }

  private func write(_ answer: HookAnswer, number: Int) throws {
    try writer.withLock { writer in
      guard keepsOrder else {
        try write(answer, &writer)
        return
      }
      writer.waiting[number] = answer
      while let next = writer.waiting.removeValue(forKey: writer.due) {
        writer.due += 1
        try write(next, &writer)
      }
    }
  }

  private func write(_ answer: HookAnswer, _ writer: inout Writer) throws {
    writer.summary.count(answer.result)
    try writer.output.append(answer.json + [0x0a], mustFlush: true) {}
    room.signal()
  }
}
