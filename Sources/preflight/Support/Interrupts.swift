import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Handles SIGINT, SIGTERM and SIGHUP (a terminal that is closed) on a dedicated thread, so that the response isn't limited to async-signal-safe calls. A
/// second signal kills the process.
final class Interrupts: Sendable {
  private let isEnded = Mutex(false)

  /// Starts waiting for signals. Must be called before other threads are started, which inherit the signal mask.
  ///
  /// - Parameter body: Called on the first signal, on another thread.
  init(_ body: @escaping @Sendable (Int32) -> Void) {
    let signals = Self.handled
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

  /// Restores the default: from now on, a signal kills the process.
  func end() { isEnded.withLock { $0 = true } }

  /// The signals that aren't ignored. A shell ignores SIGINT for background jobs. At startup, a signal is either ignored
  /// or has the default action.
  private static var handled: [Int32] {
    [SIGINT, SIGTERM, SIGHUP].filter { number in
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
