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
  private struct Handler {
    let body: @Sendable (Int32) -> Never
  }

  private let handler: Mutex<Handler?>

  /// Begins to wait for signals. Must be called before other threads are started, which inherit that the
  /// signals don't reach them.
  ///
  /// - Parameter body: What is done on the first signal; called on another thread.
  init(_ body: @escaping @Sendable (Int32) -> Never) {
    handler = Mutex(Handler(body: body))
    let signals = Self.wanted
    guard !signals.isEmpty else { return }
    var set = Self.set(of: signals)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    DispatchQueue(label: "interrupts").async { [self] in
      var set = Self.set(of: signals)
      pthread_sigmask(SIG_BLOCK, &set, nil)
      var number: Int32 = 0
      while sigwait(&set, &number) != 0 {}
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      handler.withLock { $0?.body(number) }
      Terminal.die(by: number)
    }
  }

  /// Leaves signals to their default from now on. Does not return while the handler is at work.
  func end() { handler.withLock { $0 = nil } }

  /// The signals that the caller doesn't have ignored, as a shell has for what it runs in the background.
  private static var wanted: [Int32] {
    [SIGINT, SIGTERM].filter { number in
      var action = sigaction()
      sigaction(number, nil, &action)
      #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
      #elseif canImport(Glibc)
        let handler = action.__sigaction_handler.sa_handler
      #else
        let handler = action.__sa_handler.sa_handler
      #endif
      // Functions can't be compared; that they are the same address can be seen by their bits.
      return unsafeBitCast(handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
    }
  }

  private static func set(of signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    return set
  }
}
