import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Cuts standard input into requests: a line each, or an object over several lines.
///
/// A caller waits for the answer to each line, so a line that can't be read must not wait for the next: an
/// object goes on only after a line that ends with `{` or a comma. And since no request has an object in
/// it, a line that begins with `{` is a new request even where the one before was never closed.
struct RequestReader {
  /// No request is longer; of a longer one no more than this is held.
  static let maximumBytes = 1 << 20

  struct Line {
    /// The number of its first line, from 1.
    let number: Int
    fileprivate(set) var text: [UInt8]
    fileprivate(set) var isTooLong = false
  }

  private var buffer: [UInt8] = []
  private var start = 0
  private var number = 0
  private var isAtEnd = false
  /// A line that was read ahead.
  private var held: Line?

  /// The next request; nil at the end of the input. Empty lines are passed over.
  ///
  /// - Throws: `ByteSourceError` when the input can't be read, ``ClosedPipe`` when nobody reads the answers.
  mutating func next() throws -> Line? {
    while var line = try takeLine() {
      guard let first = Self.firstByte(line.text) ?? (line.isTooLong ? 0 : nil) else { continue }
      guard first == UInt8(ascii: "{"), !line.isTooLong, Self.goesOn(line.text) else { return line }
      var braces = Braces()
      braces.scan(line.text)
      while braces.isOpen, let more = try takeLine() {
        if Self.firstByte(more.text) == UInt8(ascii: "{") {
          held = more
          break
        }
        braces.scan(more.text)
        line.isTooLong =
          line.isTooLong || more.isTooLong || line.text.count + more.text.count >= Self.maximumBytes
        if line.isTooLong { line.text = [] } else { line.text += [0x0a] + more.text }
      }
      return line
    }
    return nil
  }

  private mutating func takeLine() throws -> Line? {
    if let held {
      self.held = nil
      return held
    }
    var searched = start
    var isTooLong = false
    while true {
      let end = buffer[searched...].firstIndex(of: 0x0a) ?? (isAtEnd ? buffer.endIndex : nil)
      if let end {
        if isAtEnd, start >= buffer.count, !isTooLong { return nil }
        defer { start = min(end + 1, buffer.count) }
        number += 1
        var text = buffer[start..<end]
        // Windows programs begin a text with a byte order mark.
        if number == 1, text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        isTooLong = isTooLong || text.count > Self.maximumBytes
        return Line(number: number, text: isTooLong ? [] : Array(text), isTooLong: isTooLong)
      }
      buffer.removeFirst(start)
      start = 0
      // Of a line that is too long nothing is kept.
      if buffer.count > Self.maximumBytes {
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

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }

  private static func firstByte(_ text: [UInt8]) -> UInt8? { text.first { !isSpace($0) } }

  private static func goesOn(_ text: [UInt8]) -> Bool {
    let last = text.last { !isSpace($0) }
    return last == UInt8(ascii: "{") || last == UInt8(ascii: ",")
  }

  /// How many braces are open, not counting those in strings.
  private struct Braces {
    private var depth = 0
    private var isInString = false

    /// Whether the object goes on on the next line. A string can't.
    var isOpen: Bool { depth > 0 && !isInString }

    mutating func scan(_ text: [UInt8]) {
      var isEscaped = false
      for byte in text {
        if isInString {
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") {
            isInString = false
          }
          continue
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "}"): depth -= 1
        default: break
        }
      }
    }
  }
}
