import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How far a long run has come: one line on a terminal, written again and again, and gone at the end.
final class Progress: Sendable {
  /// A run that is over sooner shows nothing.
  private static let delay = DispatchTimeInterval.milliseconds(1000)
  private static let interval = DispatchTimeInterval.milliseconds(100)

  private struct State {
    var done = 0
    var total: Int?
    var isShown = false
    var isEnded = false
  }

  private let state = Mutex(State())
  /// A queue of its own has a thread of its own when it needs one, however busy the workers are.
  private let queue = DispatchQueue(label: "progress")

  /// Begins; nil where standard error is no terminal that can rewrite a line.
  init?() {
    guard Terminal.isTerminal(STDERR_FILENO), Terminal.environment("TERM") != "dumb" else { return nil }
    show(after: Self.delay)
  }

  /// Counts a file.
  func advance() { state.withLock { $0.done += 1 } }

  /// Takes in how many files there are in all, once that is known.
  func expect(_ total: Int) { state.withLock { $0.total = total } }

  /// Takes the line away until it is next written, so that something else can be.
  func erase() { state.withLock { Self.erase(&$0) } }

  /// Takes the line away for good.
  func end() {
    state.withLock {
      Self.erase(&$0)
      $0.isEnded = true
    }
  }

  private func show(after delay: DispatchTimeInterval) {
    queue.asyncAfter(deadline: .now() + delay) { [self] in
      let isEnded = state.withLock { state in
        if state.isEnded { return true }
        let total = state.total.map { " of \($0)" } ?? ""
        Terminal.write("\r\u{1b}[K\(state.done)\(total) checked", to: STDERR_FILENO)
        state.isShown = true
        return false
      }
      if !isEnded { show(after: Self.interval) }
    }
  }

  private static func erase(_ state: inout State) {
    guard state.isShown else { return }
    Terminal.write("\r\u{1b}[K", to: STDERR_FILENO)
    state.isShown = false
  }
}
