import Dispatch
import Synchronization

/// Runs work on several threads and hands the results out in the order of the input.
enum OrderedRun {
  /// How many results may wait for an earlier one, so that memory stays flat behind a slow file.
  private static let window = 4096

  private struct State<Input, Output: Sendable> {
    var next: () throws -> Input?
    var taken = 0
    var emitted = 0
    var waiting: [Int: Output] = [:]
    var failure: (any Error)?
  }

  /// What is done with an output. In a structure of its own: a function held by a mutex directly is wrapped
  /// anew each time that the mutex is locked, and some thousand wrappers deep the stack is used up.
  private struct Emitter<Output> {
    let emit: (Output) throws -> Void
    let abandon: (Int32) -> Never
  }

  private struct Interrupted: Error {}

  /// - Parameters:
  ///   - jobs: The number of threads.
  ///   - next: The next input, or nil at the end; called by one thread at a time.
  ///   - work: What is done with an input; called on any thread.
  ///   - emit: What is done with an output; called by one thread at a time, in the order of the input.
  ///   - abandon: Ends the process on an interrupt, after all outputs that there are so far have been
  ///     emitted; called as `emit` is.
  /// - Throws: The first error that `next`, `work` or `emit` throws; nothing is emitted after it.
  static func run<Input: Sendable, Output: Sendable>(
    jobs: Int, next: sending @escaping () throws -> Input?, work: @Sendable (Input) throws -> Output,
    emit: sending @escaping (Output) throws -> Void, abandon: sending @escaping (Int32) -> Never
  ) throws {
    // One file doesn't pay for the threads of many.
    guard let first = try next() else { return }
    guard let second = try next() else { return try emit(work(first)) }
    var peeked = [second, first]
    let state = Mutex(State<Input, Output>(next: { try peeked.popLast() ?? next() }))
    let emitter = Mutex(Emitter(emit: emit, abandon: abandon))
    // Not each worker's affair: one that is busy with a huge file must not hold up the end.
    let interrupts = Interrupts { signal in
      emitter.withLock { emitter in
        let rest = state.withLock { state in
          state.failure = Interrupted()
          return state.waiting.sorted { $0.key < $1.key }.map(\.value)
        }
        for output in rest {
          do { try emitter.emit(output) } catch { break }
        }
        emitter.abandon(signal)
      }
    }
    defer { interrupts.end() }
    let room = DispatchSemaphore(value: window)
    DispatchQueue.concurrentPerform(iterations: max(1, jobs)) { _ in
      while true {
        room.wait()
        let taken = state.withLock { state -> (index: Int, input: Input)? in
          guard state.failure == nil else { return nil }
          do {
            guard let input = try state.next() else { return nil }
            defer { state.taken += 1 }
            return (state.taken, input)
          } catch {
            state.failure = error
            return nil
          }
        }
        guard let taken else {
          room.signal()
          return
        }
        do {
          let output = try work(taken.input)
          state.withLock { $0.waiting[taken.index] = output }
          try emitter.withLock { emitter in
            // Whoever holds the emitter hands out all that is ready, its own result or another's.
            while let ready = state.withLock({ state -> Output? in
              guard state.failure == nil, let ready = state.waiting.removeValue(forKey: state.emitted)
              else { return nil }
              state.emitted += 1
              return ready
            }) {
              try emitter.emit(ready)
              room.signal()
            }
          }
        } catch {
          state.withLock { $0.failure = $0.failure ?? error }
          room.signal()
        }
      }
    }
    if let failure = state.withLock({ $0.failure }) {
      // A semaphore that is given up while it stands below where it began ends the process.
      for _ in 0..<window { room.signal() }
      throw failure
    }
  }
}
