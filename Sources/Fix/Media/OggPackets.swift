internal import PreflightBytes

/// Takes the packets out of an Ogg file with one stream of Opus (RFC 3533, RFC 7845). Nothing but granule positions may
/// be wrong with it: a page that is missing or broken can't be made up.
enum OggPackets {
  /// Packets as ranges of the file: one in several pages has several.
  struct Stream {
    var packets: [[Range<UInt64>]] = []
    var serialNumber: UInt32 = 0
    /// The position that the last page declares.
    var lastPosition: UInt64?
  }

  static func read(_ window: inout ByteWindow) throws(RewriteError) -> Stream {
    var stream = Stream()
    var offset: UInt64 = 0
    var sequence: UInt32 = 0
    var isOpen = false
    var isAtEnd = false
    while offset < window.byteCount {
      // What follows the end is left out.
      if isAtEnd { break }
      let head = try window.bytes(at: offset, count: 27)
      guard head.starts(with: "OggS".utf8) else { throw RewriteError("a page is missing") }
      func number(_ place: Int, _ count: Int) -> UInt64 {
        head[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
      let serial = UInt32(truncatingIfNeeded: number(14, 4))
      if offset == 0 { stream.serialNumber = serial }
      guard serial == stream.serialNumber else { throw RewriteError("it has several streams") }
      guard number(18, 4) == UInt64(sequence) else { throw RewriteError("a page is missing") }
      sequence += 1
      let table = try window.bytes(at: offset + 27, count: Int(head[26]))
      let size = table.reduce(0) { $0 + Int($1) }
      let page = try window.bytes(at: offset, count: 27 + table.count + size)
      guard OggOpusWriter.checksum(page) == UInt32(truncatingIfNeeded: number(22, 4)) else {
        throw RewriteError("a page of it is damaged")
      }
      if (head[5] & 1 == 1) != isOpen { throw RewriteError("a page is missing") }
      let position = number(6, 8)
      if position != .max { stream.lastPosition = position }
      isAtEnd = head[5] & 4 != 0
      var start = offset + 27 + UInt64(table.count)
      var end = start
      for value in table {
        end += UInt64(value)
        if value == 255 { continue }
        append(start..<end, to: &stream, isContinued: isOpen)
        isOpen = false
        start = end
        guard stream.packets.count < Limits.Fix.samples else { throw .tooMuch }
      }
      if table.last == 255 {
        append(start..<end, to: &stream, isContinued: isOpen)
        isOpen = true
      }
      offset = end
    }
    if isOpen { throw RewriteError("its last packet is cut") }
    return stream
  }

  private static func append(_ range: Range<UInt64>, to stream: inout Stream, isContinued: Bool) {
    if isContinued, !stream.packets.isEmpty {
      stream.packets[stream.packets.count - 1].append(range)
    } else {
      stream.packets.append([range])
    }
  }
}
