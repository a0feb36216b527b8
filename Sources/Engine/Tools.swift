internal import PreflightBytes
internal import PreflightInspection
internal import Synchronization

/// What engines of different policies can share: libmagic's databases, and memory to read into.
final class Tools: Sendable {
  let sniffer = Sniffer()

  /// Buffers to read into, one for each thread that has read at the same time.
  private let memories = Mutex<[ByteWindow.Memory]>([])

  /// Loads what is otherwise loaded when it is first needed.
  func prepare() throws { try sniffer.prepare() }

  /// Opens a window on a source, with the memory that an earlier one had.
  ///
  /// - Throws: `ByteSourceError` where the source can't be read, or has changed meanwhile.
  func read<T>(_ source: any ByteSource, _ body: (inout ByteWindow) throws -> T) throws -> T {
    // Handed over and not kept here: with two owners, the buffer would be copied when it is filled.
    var window = ByteWindow(
      source, memory: memories.withLock { $0.popLast() } ?? ByteWindow.Memory())
    let result = Result { try body(&window) }
    let used = window.takeMemory()
    memories.withLock { $0.append(used) }
    do {
      let answer = try result.get()
      try source.checkUnchanged()
      return answer
    } catch let error as ReadError {
      if case .source(let reason) = error.reason { throw reason }
      throw error
    } catch let error as ByteSourceError { throw error }
  }
}
