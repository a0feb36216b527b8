import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The progress line of a long run. It is updated in place on the terminal and erased at the end.
final class Progress: Sendable {
  /// The delay before the line is shown. Shorter runs show nothing.
  private static let delay = DispatchTimeInterval.milliseconds(1000)
  private static let interval = DispatchTimeInterval.milliseconds(100)

  private struct State {
    var done = 0
    var total: Int?
    var isShown = false
    var isEnded = false
  }

  private let state = Mutex(State())
  /// A separate serial queue gets a thread even if all workers are busy.
  private let queue = DispatchQueue(label: "progress")

  /// Starts showing progress; nil if standard error is not a terminal that can rewrite a line.
  init?() {
    guard Terminal.isTerminal(STDERR_FILENO), Terminal.environment("TERM") != "dumb" else { return nil }
    show(after: Self.delay)
  }

  /// Counts a file.
  func advance() { state.withLock { $0.done += 1 } }

  /// Sets the total number of files once it is known.
  func expect(_ total: Int) { state.withLock { $0.total = total } }

  /// Erases the line until its next update, so that other output can be written.
  func erase() { state.withLock { Self.erase(&$0) } }

  /// Erases the line and stops updating it.
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
