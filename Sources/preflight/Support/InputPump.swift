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

/// Reads standard input on a thread of its own, and holds what nobody has asked for yet.
///
/// So a caller that writes many requests before it reads an answer isn't blocked, up to ``limit``.
final class InputPump: Sendable {
  /// So many bytes are held at most.
  static let limit = 1 << 26

  private static let pieceSize = 1 << 16

  private struct State {
    /// What was read, the oldest first; each piece is filled before the next is begun.
    var pieces: [[UInt8]] = []
    var byteCount = 0
    /// How the input ended; nil while there may be more.
    var end: Result<Void, any Error>?
    var readerWaits = false
    var pumpWaits = false
  }

  private let state = Mutex(State())
  private let hasMore = DispatchSemaphore(value: 0)
  private let hasRoom = DispatchSemaphore(value: 0)

  init() { DispatchQueue(label: "input").async { [self] in run() } }

  /// What was read next; nil at the end of the input. One thread at a time may ask.
  ///
  /// - Throws: `ByteSourceError` when the input can't be read, ``ClosedPipe`` when nobody reads the answers.
  func next() throws -> [UInt8]? {
    while true {
      let end: Result<Void, any Error>? = state.withLock { state in
        state.readerWaits = state.pieces.isEmpty && state.end == nil
        return state.pieces.isEmpty ? state.end : nil
      }
      if let end {
        try end.get()
        return nil
      }
      if let piece = take() { return piece }
      hasMore.wait()
    }
  }

  private func take() -> [UInt8]? {
    state.withLock { state in
      if state.pieces.isEmpty { return nil }
      let piece = state.pieces.removeFirst()
      state.byteCount -= piece.count
      if state.pumpWaits { hasRoom.signal() }
      state.pumpWaits = false
      return piece
    }
  }

  private func run() {
    while true {
      let piece = Result {
        try Self.waitForInput()
        return try Input.read(Self.pieceSize)
      }
      guard case .success(let bytes?) = piece else {
        end(piece.map { _ in })
        return
      }
      put(bytes)
    }
  }

  private func put(_ bytes: [UInt8]) {
    let isFull = state.withLock { state in
      if let last = state.pieces.last, last.count + bytes.count <= Self.pieceSize {
        state.pieces[state.pieces.count - 1] += bytes
      } else {
        state.pieces.append(bytes)
      }
      state.byteCount += bytes.count
      state.pumpWaits = state.byteCount > Self.limit - Self.pieceSize
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

  /// Waits until there is something to read, or nobody to answer: a caller may have died while another
  /// process keeps its end of our input open.
  private static func waitForInput() throws {
    var queries = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
    ]
    repeat {} while poll(&queries, 2, -1) < 0 && errno == EINTR
    if Int32(queries[1].revents) & (POLLERR | POLLHUP) != 0 { throw ClosedPipe() }
  }
}
