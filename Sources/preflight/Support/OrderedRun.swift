import Dispatch

/// Runs work on several threads and emits the outputs in the order of the inputs.
///
/// The calling thread reads the inputs and emits the outputs. The workers only do the work, and share just two queues
/// with the calling thread.
struct OrderedRun<Input: Sendable, Output: Sendable>: Sendable {
  private enum Event: Sendable {
    case done(index: Int, Result<Output, any Error>)
    case interrupted(signal: Int32)
  }

  /// The maximum number of inputs in progress. It bounds memory if one input is slow.
  private let window = 256
  private let jobs: Int
  private let work: @Sendable (Input) throws -> Output
  private let inputs = BlockingQueue<(index: Int, input: Input)>()
  private let events = BlockingQueue<Event>()

  /// - Parameters:
  ///   - jobs: The maximum number of threads. No more threads are started than there are inputs.
  ///   - work: Processes an input; called on any of these threads.
  init(jobs: Int, work: @escaping @Sendable (Input) throws -> Output) {
    self.jobs = jobs
    self.work = work
  }

  /// Ends the run without waiting for the workers. May be called on any thread.
  func interrupt(by signal: Int32) { events.put(.interrupted(signal: signal)) }

  /// - Parameters:
  ///   - next: Returns the next input, or nil at the end; called on this thread.
  ///   - emit: Receives the outputs in the order of the inputs; called on this thread.
  /// - Throws: The first error of `next`, `work` or `emit` in the order of the inputs, after all earlier outputs have
  ///   been emitted and the workers have ended. Or ``Interrupted``, after all available outputs have been emitted;
  ///   workers may still be working.
  func run(next: () throws -> Input?, emit: (Output) throws -> Void) throws {
    let workers = DispatchGroup()
    do {
      try process(next, emit, workers)
      inputs.close()
    } catch {
      inputs.close()
      if !(error is Interrupted) { workers.wait() }
      throw error
    }
  }

  private func process(
    _ next: () throws -> Input?, _ emit: (Output) throws -> Void, _ workers: DispatchGroup
  ) throws {
    var (taken, due, isAtEnd) = (0, 0, false)
    var waiting: [Int: Result<Output, any Error>] = [:]
    while true {
      while !isAtEnd, taken - due < window {
        do {
          guard let input = try next() else {
            isAtEnd = true
            break
          }
          if taken < jobs { startWorker(workers) }
          inputs.put((taken, input))
        } catch {
          // The outputs before the error are still emitted.
          isAtEnd = true
          events.put(.done(index: taken, .failure(error)))
        }
        taken += 1
      }
      guard due < taken, let event = events.take() else { return }
      switch event {
      case .done(let index, let result): waiting[index] = result
      case .interrupted(let signal):
        for case (_, .success(let output)) in waiting.sorted(by: { $0.key < $1.key }) { try emit(output) }
        throw Interrupted(signal: signal)
      }
      while let result = waiting.removeValue(forKey: due) {
        due += 1
        try emit(result.get())
      }
    }
  }

  /// Starts a worker on its own serial queue. A concurrent queue would use only as many threads as there are cores, even
  /// if they are waiting for slow disks.
  private func startWorker(_ workers: DispatchGroup) {
    DispatchQueue(label: "worker").async(group: workers) { [self] in
      while let (index, input) = inputs.take() {
        events.put(.done(index: index, Result { try work(input) }))
      }
    }
  }
}

/// A run was ended by a signal.
struct Interrupted: Error {
  let signal: Int32
}
