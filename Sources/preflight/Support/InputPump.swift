import Dispatch
import MediaPreflight
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads standard input on its own thread and buffers it.
///
/// A caller can therefore write up to ``limit`` bytes of requests before it reads an answer.
final class InputPump: Sendable {
  /// The maximum number of buffered bytes.
  static let limit = 1 << 26

  private static let chunkSize = 1 << 16

  private struct State {
    /// The buffered input, oldest first. Each chunk is filled before the next one is added.
    var chunks: [[UInt8]] = []
    var byteCount = 0
    /// The result of the last read; nil until the input ends or fails.
    var end: Result<Void, any Error>?
    var readerWaits = false
    var pumpWaits = false
  }

  private let state = Mutex(State())
  private let hasMore = DispatchSemaphore(value: 0)
  private let hasRoom = DispatchSemaphore(value: 0)

  init() { DispatchQueue(label: "input").async { [self] in run() } }

  /// Waits for the next chunk; nil at the end of the input. Must not be called by two threads at once.
  ///
  /// - Throws: `ByteSourceError` if the input can't be read; ``ClosedPipe`` if the reader of the answers is gone.
  func next() throws -> [UInt8]? {
    while true {
      let end: Result<Void, any Error>? = state.withLock { state in
        state.readerWaits = state.chunks.isEmpty && state.end == nil
        return state.chunks.isEmpty ? state.end : nil
      }
      if let end {
        try end.get()
        return nil
      }
      if let chunk = take() { return chunk }
      hasMore.wait()
    }
  }

  private func take() -> [UInt8]? {
    state.withLock { state in
      if state.chunks.isEmpty { return nil }
      let chunk = state.chunks.removeFirst()
      state.byteCount -= chunk.count
      if state.pumpWaits { hasRoom.signal() }
      state.pumpWaits = false
      return chunk
    }
  }

  private func run() {
    while true {
      let chunk = Result {
        try Self.waitForInput()
        return try Input.read(Self.chunkSize)
      }
      guard case .success(let bytes?) = chunk else {
        end(chunk.map { _ in })
        return
      }
      put(bytes)
    }
  }

  private func put(_ bytes: [UInt8]) {
    let isFull = state.withLock { state in
      if let last = state.chunks.last, last.count + bytes.count <= Self.chunkSize {
        state.chunks[state.chunks.count - 1] += bytes
      } else {
        state.chunks.append(bytes)
      }
      state.byteCount += bytes.count
      state.pumpWaits = state.byteCount > Self.limit - Self.chunkSize
      wakeReader(&state)
      return state.pumpWaits
    }
    if isFull { hasRoom.wait() }
  }

  private func end(_ result: Result<Void, any Error>) {
    state.withLock { state in
      state.end = result
      wakeReader(&state)
    }
  }

  private func wakeReader(_ state: inout State) {
    if state.readerWaits { hasMore.signal() }
    state.readerWaits = false
  }

  /// Waits for input, or for the reader of the answers to close its end. If the caller dies while another process still
  /// holds the write end of our input, only standard output shows it.
  private static func waitForInput() throws {
    var queries = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
    ]
    repeat {} while poll(&queries, 2, -1) < 0 && errno == EINTR
    if Int32(queries[1].revents) & (POLLERR | POLLHUP) != 0 { throw ClosedPipe() }
  }
}
