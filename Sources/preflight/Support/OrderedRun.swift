import Dispatch

/// Runs work on several threads and hands the results out in the order of the input.
///
/// The thread that runs it takes the inputs and hands out the outputs. The workers do nothing but the work, and two
/// queues are all that they share with it.
struct OrderedRun<Input: Sendable, Output: Sendable>: Sendable {
  private enum Event: Sendable {
    case done(index: Int, Result<Output, any Error>)
    case interrupted(signal: Int32)
  }

  /// How many inputs may be taken beyond the one whose output is due, so that memory stays flat behind a slow one.
  private let window = 256
  private let jobs: Int
  private let work: @Sendable (Input) throws -> Output
  private let inputs = BlockingQueue<(index: Int, input: Input)>()
  private let events = BlockingQueue<Event>()

  /// - Parameters:
  ///   - jobs: The number of threads; no more are started than there are inputs.
  ///   - work: What is done with an input; called on any of these threads.
  init(jobs: Int, work: @escaping @Sendable (Input) throws -> Output) {
    self.jobs = jobs
    self.work = work
  }

  /// Ends the run, whatever the workers are at; called on any thread.
  func interrupt(by signal: Int32) { events.put(.interrupted(signal: signal)) }

  /// - Parameters:
  ///   - next: The next input, or nil at the end; called on this thread.
  ///   - emit: What is done with an output; called on this thread, in the order of the input.
  /// - Throws: The first error that `next`, `work` or `emit` throws in the order of the input, once all before it has
  ///   been emitted and the workers have ended; or ``Interrupted``, once all outputs that there are have been
  ///   emitted, while workers may still be busy.
  func run(next: () throws -> Input?, emit: (Output) throws -> Void) throws {
    let workers = DispatchGroup()
    do {
      try handOut(next, emit, workers)
      inputs.close()
    } catch {
      inputs.close()
      if !(error is Interrupted) { workers.wait() }
      throw error
    }
  }

  private func handOut(
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
          // What comes before it is still emitted.
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

  /// A serial queue has a thread of its own, however many of them wait for slow disks; a concurrent one has as many
  /// as there are cores.
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
