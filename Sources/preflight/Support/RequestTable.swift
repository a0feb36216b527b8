import Synchronization

/// The requests to another process that are waited for, by number. Any thread may wait; one receives.
final class RequestTable<Event: Sendable>: Sendable {
  private struct State {
    var lastID = 0
    var waiting: [Int: BlockingQueue<Event>] = [:]
    /// What every request gets, once nothing more comes.
    var end: Event?
  }

  private let state = Mutex(State())

  /// Begins to wait.
  ///
  /// - Returns: The request's number, and its events.
  func begin() -> (id: Int, events: BlockingQueue<Event>) {
    let events = BlockingQueue<Event>()
    let id = state.withLock { state in
      state.lastID += 1
      state.waiting[state.lastID] = events
      if let end = state.end { events.put(end) }
      return state.lastID
    }
    return (id, events)
  }

  /// Ends waiting.
  func remove(_ id: Int) { state.withLock { _ = $0.waiting.removeValue(forKey: id) } }

  /// - Returns: Whether anybody waits for it.
  func put(_ event: Event, for id: Int) -> Bool {
    let events = state.withLock { $0.waiting[id] }
    events?.put(event)
    return events != nil
  }

  func putForAll(_ event: Event) {
    for events in state.withLock({ Array($0.waiting.values) }) { events.put(event) }
  }

  /// Nothing more comes: all requests get this, later ones too. Only the first call counts for them.
  func end(_ event: Event) {
    let waiting = state.withLock { state in
      if state.end == nil { state.end = event }
      return Array(state.waiting.values)
    }
    for events in waiting { events.put(event) }
  }
}
