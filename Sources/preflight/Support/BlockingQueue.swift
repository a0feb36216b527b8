import Dispatch
import Synchronization

/// A queue between threads. Taking an element blocks until there is one.
final class BlockingQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// The number of elements, plus one after the queue is closed.
  private let count = DispatchSemaphore(value: 0)

  func put(_ element: Element) {
    state.withLock { $0.elements.append(element) }
    count.signal()
  }

  /// Waits for an element and returns it; nil if the queue is closed.
  func take() -> Element? {
    count.wait()
    return state.withLock { state in
      guard state.isClosed else { return state.elements.removeFirst() }
      // Wake the next waiting thread too.
      count.signal()
      return nil
    }
  }

  /// Waits for an element until time is up.
  func take(within seconds: Double) -> Element? {
    guard count.wait(timeout: .now() + seconds) == .success else { return nil }
    return state.withLock { $0.isClosed ? nil : $0.elements.removeFirst() }
  }

  /// Closes the queue and drops its elements. All waiting threads return.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.elements = []
    }
    count.signal()
  }
}
