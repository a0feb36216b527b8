internal import PreflightFacts
internal import PreflightBytes

/// A stream of properties (MS-OLEPS 2.21): the title, the author and the like, and sometimes a small picture.
enum PropertySet {
  private static let byteOrder: UInt16 = 0xfffe

  /// Checks that each section has the properties that it lists, and a value for each.
  static func check(
    _ stream: CompoundStreamReader, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    var stream = stream
    // Some writers leave zeros in place of the stream.
    guard try stream.number(UInt16.self, at: 0, in: &window) == byteOrder,
      let sections = try stream.number(UInt32.self, at: 24, in: &window), sections <= 2
    else { return }
    for section in 0..<UInt64(sections) {
      guard let start = try stream.number(UInt32.self, at: 44 + 20 * section, in: &window) else { return }
      if let position = try brokenPosition(in: &stream, from: UInt64(start), &window) {
        return reading.add(
          .brokenStream(
            "SummaryInformation", clause: "MS-OLEPS 2.20", "a property has no value", at: position, stream))
      }
    }
  }

  /// Where a property should be that isn't there.
  private static func brokenPosition(
    in stream: inout CompoundStreamReader, from start: UInt64, _ window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    guard let byteCount = try stream.number(UInt32.self, at: start, in: &window),
      let count = try stream.number(UInt32.self, at: start + 4, in: &window),
      byteCount >= 8, start + UInt64(byteCount) <= stream.byteCount, UInt64(count) <= UInt64(byteCount) / 8
    else { return min(start, stream.byteCount - 1) }
    for property in 0..<UInt64(count) {
      let entry = start + 8 + 8 * property
      guard let identifier = try stream.number(UInt32.self, at: entry, in: &window),
        let offset = try stream.number(UInt32.self, at: entry + 4, in: &window)
      else { return entry }
      // Property 0 is a dictionary, which has no type.
      guard let type = try stream.number(UInt16.self, at: start + UInt64(offset), in: &window),
        type > 0 || identifier == 0
      else { return start + UInt64(offset) }
    }
    // A value is filled up with three zeros at most, and a text ends with two more or four.
    let tail = min(byteCount, UInt32(Limits.OLE.zeros))
    guard
      let last = try stream.bytes(
        at: start + UInt64(byteCount - tail), count: Int(tail), in: &window), tail == Limits.OLE.zeros
    else { return nil }
    return last.allSatisfy { $0 == 0 } ? start + UInt64(byteCount - tail) : nil
  }
}
