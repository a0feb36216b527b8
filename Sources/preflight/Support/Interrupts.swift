import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// SIGINT and SIGTERM, taken by a thread that does nothing else, so that what is done about them is not
/// bound by what a signal handler may do. A second signal kills.
final class Interrupts: Sendable {
  private let isEnded = Mutex(false)

  /// Begins to wait for signals. Must be called before other threads are started, which inherit that the
  /// signals don't reach them.
  ///
  /// - Parameter body: What is done on the first signal; called on another thread.
  init(_ body: @escaping @Sendable (Int32) -> Void) {
    let signals = Self.wanted
    guard !signals.isEmpty else { return }
    Self.block(signals)
    DispatchQueue(label: "interrupts").async { [self] in
      Self.block(signals)
      var number = Self.wait(for: signals)
      if !isEnded.withLock({ $0 }) {
        body(number)
        number = Self.wait(for: signals)
      }
      Terminal.die(by: number)
    }
  }

  /// Leaves signals to their default from now on.
  func end() { isEnded.withLock { $0 = true } }

  /// The signals that the caller doesn't have ignored, as a shell has for what it runs in the background. Until a
  /// program changes it, a signal is either ignored or has no handler at all.
  private static var wanted: [Int32] {
    [SIGINT, SIGTERM].filter { number in
      var action = sigaction()
      sigaction(number, nil, &action)
      #if canImport(Darwin)
        return action.__sigaction_u.__sa_handler == nil
      #elseif canImport(Glibc)
        return action.__sigaction_handler.sa_handler == nil
      #else
        return action.__sa_handler.sa_handler == nil
      #endif
    }
  }

  private static func block(_ signals: [Int32]) {
    var set = Self.set(of: signals)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  private static func wait(for signals: [Int32]) -> Int32 {
    var set = Self.set(of: signals)
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    return number
  }

  private static func set(of signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    return set
  }
}
