internal import PreflightBytes
internal import PreflightFormats

/// Takes the packets out of an Ogg file with one stream of Opus (RFC 3533, RFC 7845). Nothing but granule positions may
/// be wrong with it: a page that is missing or broken can't be made up.
enum OggPackets {
  /// Packets as ranges of the file: one in several pages has several.
  struct Stream {
    var packets: [[Range<UInt64>]] = []
    var serialNumber: UInt32 = 0
  }

  static func read(_ window: inout ByteWindow) throws(RewriteError) -> Stream {
    var stream = Stream()
    var offset: UInt64 = 0
    var sequence: UInt64 = 0
    var isOpen = false
    var isAtEnd = false
    while offset < window.byteCount {
      // What follows the end is left out.
      if isAtEnd { break }
      let head = try window.bytes(at: offset, count: OggPage.fixedSize)
      var span = ByteSpan(head.span.bytes, at: offset)
      guard let page = try? OggPage(parsing: &span) else { throw RewriteError("a page is missing") }
      if offset == 0 { stream.serialNumber = page.serialNumber }
      guard page.serialNumber == stream.serialNumber else { throw RewriteError("it has several streams") }
      guard UInt64(page.sequenceNumber) == sequence else { throw RewriteError("a page is missing") }
      sequence += 1
      let table = try window.bytes(at: offset + UInt64(head.count), count: page.segmentCount)
      let size = table.reduce(head.count + table.count) { $0 + Int($1) }
      let whole = try window.bytes(at: offset, count: size)
      guard OggPage.checksum(of: ByteSpan(whole.span.bytes, at: offset)) == page.checksum else {
        throw RewriteError("a page of it is damaged")
      }
      if page.isContinued != isOpen { throw RewriteError("a page is missing") }
      isAtEnd = page.endsStream
      var start = offset + UInt64(head.count + table.count)
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
