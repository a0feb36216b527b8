import Dispatch
import Synchronization

/// A queue between threads: who takes from it waits until there is something.
final class BlockingQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Counts the elements, and one more once the queue is closed.
  private let count = DispatchSemaphore(value: 0)

  func put(_ element: Element) {
    state.withLock { $0.elements.append(element) }
    count.signal()
  }

  /// The first element, once there is one; nil once the queue is closed.
  func take() -> Element? {
    count.wait()
    return state.withLock { state in
      guard state.isClosed else { return state.elements.removeFirst() }
      // Whoever else waits has to see it too.
      count.signal()
      return nil
    }
  }

  /// Lets nobody wait any more; what is still in the queue is dropped.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.elements = []
    }
    count.signal()
  }
}
