import MediaPreflight

/// Splits standard input into lines. Each line is a request.
struct RequestReader: Sendable {
  struct Line {
    /// The line number, from 1.
    let number: Int
    /// The line without its line break; empty if it is too long.
    let text: [UInt8]
    let isTooLong: Bool
  }

  private let input: InputPump
  private var buffer: [UInt8] = []
  private var start = 0
  private var number = 0
  private var isAtEnd = false

  init(_ input: InputPump) { self.input = input }

  /// The next line; nil at the end of the input.
  ///
  /// - Throws: The errors of ``InputPump/next()``.
  mutating func next() throws -> Line? {
    var searched = start
    var isTooLong = false
    while true {
      let end = buffer[searched...].firstIndex(of: 0x0a) ?? (isAtEnd ? buffer.endIndex : nil)
      if let end {
        // Without text after it, the last line break doesn't start another line.
        if isAtEnd, start >= buffer.count, !isTooLong { return nil }
        defer { start = min(end + 1, buffer.count) }
        number += 1
        var text = buffer[start..<end]
        // Windows programs may start their output with a byte order mark.
        if number == 1, text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        isTooLong = isTooLong || text.count > Hook.maximumLineLength
        return Line(number: number, text: isTooLong ? [] : Array(text), isTooLong: isTooLong)
      }
      buffer.removeFirst(start)
      start = 0
      // Discard a line that is too long.
      if buffer.count > Hook.maximumLineLength {
        isTooLong = true
        buffer.removeAll(keepingCapacity: true)
      }
      searched = buffer.count
      if let more = try input.next() { buffer += more } else { isAtEnd = true }
    }
  }
}
