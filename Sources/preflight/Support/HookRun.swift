import Dispatch
import MediaPreflight
import PreflightReports
import Synchronization

/// Answers the lines of standard input on several threads. Answers are written in the order of the requests, or as they
/// are ready.
///
/// Each worker reads a line, answers it and writes the answer. A request therefore crosses threads only once, from the
/// ``InputPump``.
final class HookRun: Sendable {
  /// The maximum number of requests in progress. It bounds the number of answers that wait behind a slow one.
  private static let window = 64

  private struct Writer: ~Copyable {
    var output = Output()
    var summary = Summary()
    /// The number of the next answer to write, if answers are ordered.
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

  /// - Parameter answer: Answers a line; called on any worker thread.
  init(
    jobs: Int, keepsOrder: Bool, answer: @escaping @Sendable (RequestReader.Line) throws -> HookAnswer
  ) {
    self.jobs = jobs
    self.keepsOrder = keepsOrder
    self.answer = answer
    // Don't pass this as the initial value: libdispatch crashes when a semaphore is freed below its initial value.
    for _ in 0..<Self.window { room.signal() }
  }

  /// Answers until the input ends.
  ///
  /// - Throws: The first error of reading, answering or writing. Other threads may still be working.
  func run() throws -> Summary {
    let workers = DispatchGroup()
    for _ in 0..<jobs { DispatchQueue(label: "worker").async(group: workers) { [self] in work() } }
    // An error ends the run without waiting for the workers, which may be waiting for input.
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
    // What was fixed is accepted in its new form.
    if answer.result.fix?.verdict != .accepted { writer.summary.count(answer.result) }
    try writer.output.append(answer.json + [0x0a], mustFlush: true) {}
    room.signal()
  }
}
