internal import PreflightFacts
internal import PreflightBytes

/// A long row of zeros within data that has none.
enum StreamHole {
  /// Where the first row of at least `length` zeros begins that other bytes follow before `end`.
  ///
  /// - Parameter room: Where such a row may begin.
  static func position(
    in stream: inout CompoundStreamReader, from start: UInt64, to end: UInt64, length: Int,
    exceptAt room: UInt64? = nil, _ window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    var position = start
    var zeros = 0
    while position < end {
      let count = Int(min(1 << 13, end - position))
      guard let bytes = try stream.bytes(at: position, count: count, in: &window) else { return nil }
      for byte in bytes {
        if byte == 0 {
          zeros += 1
        } else {
          if zeros >= length, position - UInt64(zeros) != room { return position - UInt64(zeros) }
          zeros = 0
        }
        position += 1
      }
    }
    return nil
  }
}
