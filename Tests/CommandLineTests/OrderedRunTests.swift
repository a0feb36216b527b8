import Dispatch
@testable import PreflightTestSupport
import Synchronization
import Testing

@testable import preflight

/// Parallel work whose results are emitted in the order of the input.
@Suite struct OrderedRunTests {
  private struct Failure: Error, Equatable {
    let number: Int
  }

  /// Runs the numbers from 0, and returns the emitted ones and the thrown error.
  private static func emitted(
    count: Int, jobs: Int, next check: (Int) throws -> Void = { _ in },
    emit: (Int) throws -> Void = { _ in }, work: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) -> (numbers: [Int], error: (any Error)?) {
    let run = OrderedRun<Int, Int>(jobs: jobs) {
      try work($0)
      return $0
    }
    var numbers: [Int] = []
    var taken = 0
    do {
      try run.run(
        next: {
          guard taken < count else { return nil }
          try check(taken)
          defer { taken += 1 }
          return taken
        },
        emit: {
          try emit($0)
          numbers.append($0)
        })
      return (numbers, nil)
    } catch { return (numbers, error) }
  }

  @Test(arguments: [0, 1, 2, 3000], [1, 2, 16])
  func resultsAreInInputOrder(count: Int, jobs: Int) {
    let run = Self.emitted(
      count: count, jobs: jobs,
      work: { number in
        // Some inputs take much longer than others.
        if number % 7 == 0 { for _ in 0..<20_000 { _ = Mutex(0).withLock { $0 } } }
      })
    #expect(run.numbers == Array(0..<count))
    #expect(run.error == nil)
  }

  @Test func allJobsRunInParallel() {
    // More jobs than cores: none ends before all have started.
    let jobs = 100
    let state = Mutex((working: 0, most: 0, begun: 0))
    let allHaveBegun = DispatchSemaphore(value: 0)
    let run = Self.emitted(
      count: 3 * jobs, jobs: jobs,
      work: { _ in
        let begun = state.withLock { state in
          state.working += 1
          state.most = max(state.most, state.working)
          state.begun += 1
          return state.begun
        }
        if begun == jobs { for _ in 0..<jobs { allHaveBegun.signal() } }
        if begun <= jobs { allHaveBegun.wait() }
        state.withLock { $0.working -= 1 }
      })
    #expect(run.numbers.count == 3 * jobs)
    #expect(state.withLock { $0.most } == jobs)
  }

  @Test func windowIsLimited() {
    let others = Mutex(0)
    let isFree = DispatchSemaphore(value: 0)
    var taken = 0
    var takenAtFirst = 0
    let run = Self.emitted(
      count: 2000, jobs: 4, next: { taken = $0 + 1 },
      emit: { if $0 == 0 { takenAtFirst = taken } },
      work: { number in
        // The first ends only when no other input is in progress.
        if number == 0 { return isFree.wait() }
        if others.withLock({
          $0 += 1; return $0
        }) == 255 {
          isFree.signal()
        }
      })
    #expect(takenAtFirst == 256)
    #expect(run.numbers.count == 2000)
  }

  /// For an error from any source, the results before it are emitted and none after it.
  @Test(arguments: [0, 1, 50, 700], [1, 4])
  func theFirstErrorEndsTheRun(number: Int, jobs: Int) {
    func check(_ run: (numbers: [Int], error: (any Error)?)) {
      #expect(run.numbers == Array(0..<number))
      #expect(run.error as? Failure == Failure(number: number))
    }
    let fail: @Sendable (Int) throws -> Void = { if $0 == number { throw Failure(number: number) } }
    check(Self.emitted(count: 1000, jobs: jobs, work: { if $0 >= number { throw Failure(number: $0) } }))
    check(Self.emitted(count: 1000, jobs: jobs, next: fail))
    check(Self.emitted(count: 1000, jobs: jobs, emit: fail))
  }

  @Test func interruptEmitsAvailableResultsWithoutWaiting() {
    let isFree = DispatchSemaphore(value: 0)
    defer { isFree.signal() }
    let box = Mutex<OrderedRun<Int, Int>?>(nil)
    let run = OrderedRun<Int, Int>(jobs: 2) { number in
      if number == 5 { isFree.wait() }
      if number == 20 { box.withLock { $0 }?.interrupt(by: 15) }
      return number
    }
    box.withLock { $0 = run }
    var taken = 0
    var numbers: [Int] = []
    let error = #expect(throws: Interrupted.self) {
      try run.run(
        next: {
          defer { taken += 1 }
          return taken
        }, emit: { numbers.append($0) })
    }
    #expect(error?.signal == 15)
    #expect(numbers == Array(0..<5) + Array(6..<20))
    box.withLock { $0 = nil }
  }
}
