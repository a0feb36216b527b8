import MediaPreflight

/// Cuts standard input into lines, each of which is a request.
struct RequestReader: Sendable {
  struct Line {
    /// From 1.
    let number: Int
    /// The line without its end; nothing of one that is too long.
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
  /// - Throws: As ``InputPump/next()``.
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
      if let more = try input.next() { buffer += more } else { isAtEnd = true }
    }
  }
}
