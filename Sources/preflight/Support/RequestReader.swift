import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Cuts standard input into lines, each of which is a request.
struct RequestReader {
  struct Line {
    /// From 1.
    let number: Int
    /// The line without its end; nothing of one that is too long.
    let text: [UInt8]
    let isTooLong: Bool
  }

  private var buffer: [UInt8] = []
  private var start = 0
  private var number = 0
  private var isAtEnd = false

  /// The next line; nil at the end of the input.
  ///
  /// - Throws: `ByteSourceError` when the input can't be read, ``ClosedPipe`` when nobody reads the answers.
  mutating func next() throws -> Line? {
    var searched = start
    var isTooLong = false
    while true {
      let end = buffer[searched...].firstIndex(of: 0x0a) ?? (isAtEnd ? buffer.endIndex : nil)
      if let end {
        // What stands behind the last line end is a line only if there is something.
        if isAtEnd, start >= buffer.count, !isTooLong { return nil }
        defer { start = min(end + 1, buffer.count) }
        number += 1
        var text = buffer[start..<end]
        // Windows programs begin a text with a byte order mark.
        if number == 1, text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        isTooLong = isTooLong || text.count > Hook.maximumLineLength
        return Line(number: number, text: isTooLong ? [] : Array(text), isTooLong: isTooLong)
      }
      buffer.removeFirst(start)
      start = 0
      // Of a line that is too long nothing is kept.
      if buffer.count > Hook.maximumLineLength {
        isTooLong = true
        buffer.removeAll(keepingCapacity: true)
      }
      searched = buffer.count
      try waitForInput()
      if let more = try Input.read(1 << 16) { buffer += more } else { isAtEnd = true }
    }
  }

  /// Waits until there is something to read, or nobody to answer: a caller may have died while another
  /// process keeps its end of our input open.
  private func waitForInput() throws {
    var queries = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
    ]
    repeat {} while poll(&queries, 2, -1) < 0 && errno == EINTR
    if Int32(queries[1].revents) & (POLLERR | POLLHUP) != 0 { throw ClosedPipe() }
  }
}
