internal import PreflightBytes
internal import PreflightFormats

/// Puts packets of Opus into Ogg (RFC 7845), with granule positions counted from what the packets hold.
struct OggOpusWriter {
  /// A page is written when it has as many samples: a second.
  private static let pageLength: UInt64 = 48_000

  private var splice = Splice()
  private var sequence: UInt32 = 0
  private let serialNumber: UInt32

  private init(serialNumber: UInt32) { self.serialNumber = serialNumber }

  /// - Parameters:
  ///   - head: The header of Opus (5.1).
  ///   - tags: The comment header (5.2); nil for one without comments.
  ///   - packets: Each as ranges of the source.
  ///   - end: The position at which playback ends; nil to play all.
  ///   - prefix: Bytes before each packet that the source doesn't have.
  static func splice(
    head: [UInt8], tags: [Range<UInt64>]?, packets: [[Range<UInt64>]], end: UInt64?, prefix: [UInt8] = [],
    serialNumber: UInt32 = 1, _ window: inout ByteWindow
  ) throws(RewriteError) -> Splice {
    guard head.starts(with: "OpusHead".utf8), head.count >= 19 else {
      throw RewriteError("its Opus has no header")
    }
    guard !packets.isEmpty else { throw RewriteError("it has no packets") }
    var writer = OggOpusWriter(serialNumber: serialNumber)
    try writer.writePage([Packet(prefix: head, ranges: [])], position: 0, flags: 2, &window)
    if let tags {
      // Comments with a picture take several pages.
      try writer.writeLong(Packet(prefix: [], ranges: tags), &window)
    } else {
      let vendor = Array("preflight".utf8)
      let comments = Array("OpusTags".utf8) + [UInt8(vendor.count), 0, 0, 0] + vendor + [0, 0, 0, 0]
      try writer.writePage([Packet(prefix: comments, ranges: [])], position: 0, flags: 0, &window)
    }
    var page: [Packet] = []
    var (segments, position, start): (Int, UInt64, UInt64) = (0, 0, 0)
    for (index, ranges) in packets.enumerated() {
      let packet = Packet(prefix: prefix, ranges: ranges)
      let own = packet.byteCount / 255 + 1
      if !page.isEmpty, segments + own > 255 || position - start >= Self.pageLength {
        try writer.writePage(page, position: position, flags: 0, &window)
        (page, segments, start) = ([], 0, position)
      }
      position += try packet.sampleCount(&window)
      page.append(packet)
      segments += own
      if index == packets.count - 1 {
        // Within the last packets, the end may be anywhere (4.4).
        let last = end.map { min(position, max(start, $0)) } ?? position
        try writer.writePage(page, position: last, flags: 4, &window)
      }
    }
    return writer.splice
  }

  /// The samples of all packets.
  static func sampleCount(
    of packets: [[Range<UInt64>]], prefix: [UInt8], _ window: inout ByteWindow
  ) throws(RewriteError) -> UInt64 {
    var count: UInt64 = 0
    for ranges in packets { count += try Packet(prefix: prefix, ranges: ranges).sampleCount(&window) }
    return count
  }

  private struct Packet {
    let prefix: [UInt8]
    let ranges: [Range<UInt64>]

    var byteCount: Int { ranges.reduce(prefix.count) { $0 + Int(clamping: $1.upperBound - $1.lowerBound) } }

    /// The samples of a packet at 48 kHz.
    func sampleCount(_ window: inout ByteWindow) throws(RewriteError) -> UInt64 {
      var head = prefix
      for range in ranges where head.count < 2 {
        head += try window.bytes(
          at: range.lowerBound, count: Int(min(2, range.upperBound - range.lowerBound)))
      }
      let count = OpusPacket.samples(ByteSpan(head.span.bytes, at: 0))
      guard (1...OpusPacket.longestPacket).contains(count) else { throw RewriteError("a packet is broken") }
      return count
    }
  }

  private mutating func writePage(
    _ packets: [Packet], position: UInt64, flags: UInt8, _ window: inout ByteWindow
  ) throws(RewriteError) {
    var table: [UInt8] = []
    for packet in packets {
      table += [UInt8](repeating: 255, count: packet.byteCount / 255) + [UInt8(packet.byteCount % 255)]
    }
    guard table.count <= 255 else { throw RewriteError("a packet is too long for a page") }
    try write(table, packets, position: position, flags: flags, &window)
  }

  /// A packet of any length, in as many pages as it needs.
  private mutating func writeLong(_ packet: Packet, _ window: inout ByteWindow) throws(RewriteError) {
    // Slices: what is taken from their start moves nothing.
    var table = [UInt8](repeating: 255, count: packet.byteCount / 255)[...] + [UInt8(packet.byteCount % 255)]
    var ranges = packet.ranges[...]
    var isFirst = true
    while !table.isEmpty {
      let own = Array(table.prefix(255))
      table = table.dropFirst(own.count)
      var left = own.reduce(0) { $0 + UInt64($1) }
      var taken: [Range<UInt64>] = []
      while left > 0, let range = ranges.first {
        let count = min(left, range.upperBound - range.lowerBound)
        taken.append(range.lowerBound..<range.lowerBound + count)
        left -= count
        if count == range.upperBound - range.lowerBound {
          ranges.removeFirst()
        } else {
          ranges[ranges.startIndex] = range.lowerBound + count..<range.upperBound
        }
      }
      // The position of a page on which no packet ends is -1 (RFC 3533, 6).
      try write(
        own, [Packet(prefix: [], ranges: taken)], position: table.isEmpty ? 0 : .max, flags: isFirst ? 0 : 1,
        &window)
      isFirst = false
    }
  }

  private mutating func write(
    _ table: [UInt8], _ packets: [Packet], position: UInt64, flags: UInt8, _ window: inout ByteWindow
  ) throws(RewriteError) {
    var head = Array("OggS".utf8) + [0, flags]
    func append(_ value: UInt64, _ count: Int) {
      for place in 0..<count { head.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place))) }
    }
    append(position, 8)
    append(UInt64(serialNumber), 4)
    append(UInt64(sequence), 4)
    head += [0, 0, 0, 0, UInt8(table.count)] + table
    sequence += 1
    var page = head
    for packet in packets {
      page += packet.prefix
      for range in packet.ranges {
        page += try window.bytes(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
      }
    }
    let sum = OggPage.checksum(of: ByteSpan(page.span.bytes, at: 0))
    for place in 0..<4 { head[22 + place] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * place)) }
    splice.append(head)
    for packet in packets {
      splice.append(packet.prefix)
      for range in packet.ranges { splice.append(range) }
    }
  }
}
