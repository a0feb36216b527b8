internal import PreflightFacts
internal import PreflightBytes

/// The records of a presentation or of its pictures (MS-PPT 2.3.1, MS-ODRAW 2.2.1): atoms, and containers that consist
/// of records to their last byte.
enum PowerPointRecords {
  /// The types of records (MS-PPT 2.13.24, MS-ODRAW 2.2.1).
  private static func isType(_ type: UInt16) -> Bool { 1...0x2fff ~= type || 0xf000...0xf1ff ~= type }

  /// The zeros in a row from which on an atom has a hole; nil for one that may have any number: an embedded object, a
  /// bitmap that isn't compressed.
  private static func longestZeros(_ type: UInt16) -> Int? {
    switch type {
    case 0x1011, 0xf01f, 0xf007: nil
    default: Limits.OLE.hole
    }
  }

  /// RoundTripCustomTableStyles12Atom (MS-PPT 2.11.13), which has the version of a container, and a ZIP archive in it.
  private static let tableStyles: UInt16 = 0x0428

  /// The size of the smallest stream that isn't a short one: PowerPoint fills up a presentation to it, and may go on there.
  private static let smallestStream: UInt64 = 4096

  /// PowerPoint 95 has records of another kind.
  private static let beginningOf95: [UInt8] = [3, 0, 0, 0, 0xff, 0xff]

  static func check(
    _ stream: CompoundStreamReader, named name: String, _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    var stream = stream
    let beginning = try stream.bytes(at: 0, count: beginningOf95.count, in: &window)
    if beginning?.elementsEqual(beginningOf95) == true { return }
    var position: UInt64 = 0
    /// Where the stream, and the containers around the position, end.
    var ends = [stream.byteCount]
    func fault(_ what: String) -> Fault {
      .brokenStream(name, clause: "MS-PPT 2.3.1", what, at: position, stream)
    }
    while let end = ends.last {
      if position == end {
        ends.removeLast()
        continue
      }
      guard end - position >= 8,
        let version = try stream.number(UInt16.self, at: position, in: &window),
        let type = try stream.number(UInt16.self, at: position + 2, in: &window),
        let length = try stream.number(UInt32.self, at: position + 4, in: &window)
      else { return reading.add(fault("a record has no end")) }
      let room = min(smallestStream, stream.byteCount)
      if ends.count == 1, position < room, try isZero(&stream, from: position, to: room, &window) {
        position = room
        continue
      }
      guard isType(type) else { return reading.add(fault("a record has an invalid type")) }
      guard UInt64(length) <= end - position - 8 else {
        return reading.add(fault("a record is longer than what contains it"))
      }
      position += 8
      guard version & 15 == 15, type != tableStyles else {
        let next = position + UInt64(length)
        if let zeros = longestZeros(type), UInt64(length) > UInt64(zeros),
          let hole = try StreamHole.position(in: &stream, from: position, to: next, length: zeros, &window)
        {
          position = hole
          return reading.add(fault("zeros stand in place of data"))
        }
        position = next
        continue
      }
      guard ends.count < Limits.OLE.containers else {
        let count = Limits.OLE.containers
        return reading.leaveUnchecked(
          UncheckedPart(
            "records nested more than \(count) deep", limit: "\(count) levels",
            at: stream.offset(of: position)))
      }
      ends.append(position + UInt64(length))
    }
  }

  private static func isZero(
    _ stream: inout CompoundStreamReader, from start: UInt64, to end: UInt64, _ window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    try stream.bytes(at: start, count: Int(end - start), in: &window)?.allSatisfy { $0 == 0 } == true
  }
}
