// Ogg: RFC 3533 (pages, chaining, multiplexing), RFC 5334 (media types), with the mappings of Opus (RFC
// 7845), Vorbis I, FLAC, Speex, Theora and OGM. Yields: audio/ogg or video/ogg, the streams, the duration,
// and whether every page is valid.

package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let ogg = Format(
    "Ogg", reader: Ogg.self, hiding: .media,
    mediaTypes: [
      .init(
        .oggAudio, "Ogg audio", .audio, extensions: ["ogg", "oga", "opus", "spx"],
        aliases: ["application/ogg"], isConfirmedByReader: true),
      .init("video/ogg", "an Ogg video", .video, extensions: ["ogv", "ogg"]),
    ])
}

extension MediaType {
  /// Ogg with audio alone.
  package static let oggAudio: MediaType = "audio/ogg"
}

enum Ogg: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    var start: UInt64 = 0
    if try window.available(at: 0, upTo: 3).has("ID3") {
      start = try AudioTags.leading(&window).end
    }
    guard try window.available(at: start, upTo: 4).has("OggS") else { return }
    reading.mediaType = "application/ogg"
    reading.facts.container = "ogg"
    var file = OggFile()
    try file.read(&window, from: start, into: &reading)
  }
}

/// The pages of one file.
private struct OggFile {
  /// The streams of the chain's current link.
  private var streams: [OggStream] = []
  /// The streams of the previous link, until none of their pages can follow.
  private var earlier: [OggStream] = []
  /// Whether the link has pages that don't start a stream, so that the next start of a stream starts a new
  /// link.
  private var hasPassedBeginnings = false
  private var milliseconds: Double?
  /// Whether the file ends within a page, or the rest is beyond the limit.
  private var isCut = false
  /// How many bytes may still be checksummed for possible pages, so that a file made of page signatures costs
  /// no more than its size.
  private var searchBudget: UInt64 = 0

  mutating func read(
    _ window: inout ByteWindow, from start: UInt64, into reading: inout Reading
  ) throws(ReadError) {
    var offset = start
    var isResynchronising = false
    searchBudget = window.byteCount.multipliedReportingOverflow(by: Limits.Ogg.searches).partialValue
    while offset < window.byteCount, !isCut {
      guard try window.available(at: offset, upTo: 4).has("OggS") else {
        guard let next = try Self.nextPage(&window, from: offset) else {
          try endInJunk(&window, at: offset, into: &reading)
          break
        }
        offset = next
        isResynchronising = true
        continue
      }
      offset = try page(&window, at: offset, isResynchronising: &isResynchronising, into: &reading)
    }
    close(earlier, isLastLink: streams.isEmpty, into: &reading)
    close(streams, isLastLink: true, into: &reading)
    if let milliseconds { reading.facts.durationMilliseconds = milliseconds }
  }

  /// Takes the page at `offset`.
  ///
  /// - Returns: Where to go on.
  private mutating func page(
    _ window: inout ByteWindow, at offset: UInt64, isResynchronising: inout Bool,
    into reading: inout Reading
  ) throws(ReadError) -> UInt64 {
    guard let (page, size) = try Self.header(&window, at: offset),
      offset + size <= window.byteCount
    else {
      isCut = true
      reading.addTruncation(of: "a page", clause: "RFC 3533 6", at: window.byteCount)
      try identifyCutPage(&window, at: offset, into: &reading)
      return window.byteCount
    }
    if isResynchronising {
      guard size <= searchBudget else {
        isCut = true
        reading.leaveUnchecked(
          UncheckedPart(
            "pages after invalid data", limit: "\(Limits.Ogg.searches) times the file size",
            at: offset))
        return window.byteCount
      }
      searchBudget -= size
    }
    var span = try window.span(at: offset, count: size)
    let checksum = OggPage.checksum(of: span)
    if checksum != page.checksum {
      // Four letters among other bytes aren't page.
      if isResynchronising { return offset + 4 }
      reading.add(
        Fault(
          "crc-mismatch", clause: "RFC 3533 6", at: offset,
          "A page doesn't match its checksum, so players drop it.",
          expected: Self.text(page.checksum), actual: Self.text(checksum)))
    }
    isResynchronising = false
    try span.skip(OggPage.fixedSize)
    try take(page, &span, isBroken: checksum != page.checksum, into: &reading)
    let end = offset + size
    // With a corrupt segment table, the next page may start before the computed end.
    if checksum != page.checksum, end < window.byteCount,
      try !window.available(at: end, upTo: 4).has("OggS")
    {
      isResynchronising = true
      return offset + 4
    }
    return end
  }

  /// The header at `offset` with the page's whole size; nil if the file ends within it.
  private static func header(
    _ window: inout ByteWindow, at offset: UInt64
  ) throws(ReadError) -> (OggPage, size: UInt64)? {
    var fixed = try window.available(at: offset, upTo: OggPage.fixedSize)
    guard fixed.remaining == OggPage.fixedSize else { return nil }
    let page = try OggPage(parsing: &fixed)
    let count = page.segmentCount
    let lacing = try window.available(at: offset + UInt64(OggPage.fixedSize), upTo: count)
    guard lacing.remaining == count else { return nil }
    var size = OggPage.fixedSize + count
    for index in 0..<count { size += Int(lacing[index] ?? 0) }
    return (page, UInt64(size))
  }

  private mutating func take(
    _ page: OggPage, _ span: inout ByteSpan, isBroken: Bool, into reading: inout Reading
  ) throws(ReadError) {
    if page.beginsStream, !(isBroken && index(of: page, into: &reading) != nil) {
      try begin(page, span, into: &reading)
    } else {
      hasPassedBeginnings = true
    }
    if streams.isEmpty, earlier.isEmpty, !page.beginsStream, page.offset == 0 {
      reading.add(
        Fault(
          "first-page-missing", clause: "RFC 3533 4", at: page.offset,
          "The file starts in the middle of a stream; the first page is missing.",
          expected: "the first page of a stream", actual: "a later page"))
    }
    guard let index = index(of: page, into: &reading) else { return }
    try streams[index].take(page, &span)
  }

  /// The stream that a page belongs to, in the current link.
  private mutating func index(of page: OggPage, into reading: inout Reading) -> Int? {
    let serialNumber = page.serialNumber
    if let index = streams.lastIndex(where: { $0.serialNumber == serialNumber }) { return index }
    guard let index = earlier.lastIndex(where: { $0.serialNumber == serialNumber }) else { return nil }
    // The stream continues: what began in between is not a new link but a stream that joined late.
    streams = earlier + streams
    earlier = []
    if streams.count > Limits.Ogg.streams {
      leaveStreamsUnchecked(at: page.offset, into: &reading)
      streams.removeLast(streams.count - Limits.Ogg.streams)
    }
    return index
  }

  /// Opens a stream with its first page.
  private mutating func begin(
    _ page: OggPage, _ span: borrowing ByteSpan, into reading: inout Reading
  ) throws(ReadError) {
    if hasPassedBeginnings {
      hasPassedBeginnings = false
      close(earlier, isLastLink: false, into: &reading)
      earlier = streams
      streams = []
    }
    guard streams.count < Limits.Ogg.streams else {
      return leaveStreamsUnchecked(at: page.offset, into: &reading)
    }
    var packet = ByteSpan(span.bytes, at: span.base)
    try packet.skip(span.position + page.segmentCount)
    var body = try packet.take(packet.remaining)
    let mapping = identify(&body, into: &reading)
    streams.append(OggStream(serialNumber: page.serialNumber, mapping: mapping))
    note(mapping, at: page.offset, into: &reading)
  }

  private func leaveStreamsUnchecked(at offset: UInt64, into reading: inout Reading) {
    let count = Limits.Ogg.streams
    reading.leaveUnchecked(
      UncheckedPart("streams after the first \(count)", limit: "\(count) streams", at: offset))
  }

  /// The content of a stream, with a fault if its first packet is corrupt.
  private func identify(_ packet: inout ByteSpan, into reading: inout Reading) -> OggMapping {
    do {
      return try OggMapping(parsing: &packet)
    } catch {
      let mapping = OggMapping(nameOnly: packet)
      reading.add(
        Fault(
          "header-broken", clause: mapping.clause, at: error.offset,
          "The first packet of a stream, its identification header, is corrupt."))
      return mapping
    }
  }

  /// What is known of a stream whose first page is truncated.
  private mutating func identifyCutPage(
    _ window: inout ByteWindow, at offset: UInt64, into reading: inout Reading
  ) throws(ReadError) {
    var fixed = try window.available(at: offset, upTo: OggPage.fixedSize)
    guard fixed.remaining == OggPage.fixedSize else { return }
    let page = try OggPage(parsing: &fixed)
    guard page.beginsStream else { return }
    let start = offset + UInt64(OggPage.fixedSize + page.segmentCount)
    let packet = try window.available(at: start, upTo: 128)
    note(OggMapping(nameOnly: packet), at: offset, into: &reading)
  }

  /// Adds a stream to the facts, unless the previous link declared the same.
  private func note(_ mapping: OggMapping, at offset: UInt64, into reading: inout Reading) {
    guard let codec = mapping.codec else { return }
    var isAdded = true
    switch mapping.kind {
    case .audio:
      var stream = AudioStream(codec: codec)
      stream.channels = mapping.channels
      stream.sampleRate = mapping.sampleRate
      stream.bitRate = mapping.bitRate
      isAdded = add(stream, to: &reading.facts.audioStreams)
      if reading.facts.videoStreams == nil { reading.mediaType = "audio/ogg" }
    case .video:
      var stream = VideoStream(codec: codec)
      stream.width = mapping.width
      stream.height = mapping.height
      stream.frameRate = mapping.frameRate
      stream.chroma = mapping.chroma
      isAdded = add(stream, to: &reading.facts.videoStreams)
      reading.facts.width = reading.facts.width ?? mapping.width
      reading.facts.height = reading.facts.height ?? mapping.height
      reading.mediaType = "video/ogg"
    case .other: break
    }
    if !isAdded { leaveStreamsUnchecked(at: offset, into: &reading) }
  }

  /// - Returns: Whether there is room for the stream.
  private func add<Stream: Equatable>(_ stream: Stream, to list: inout [Stream]?) -> Bool {
    let isLaterLink = !earlier.isEmpty || milliseconds != nil
    var streams = list ?? []
    if isLaterLink, streams.contains(stream) { return true }
    guard streams.count < Limits.Ogg.streams else { return false }
    streams.append(stream)
    list = streams
    return true
  }

  /// Finishes a link of the chain: its faults and its duration.
  private mutating func close(
    _ link: [OggStream], isLastLink: Bool, into reading: inout Reading
  ) {
    guard !link.isEmpty else { return }
    for stream in link { addFaults(of: stream, isLastLink: isLastLink, into: &reading) }
    if isLastLink, !isCut, !link.contains(where: { $0.hasEnded || $0.hasContent }) {
      reading.add(
        Fault(
          "content-missing", clause: "RFC 3533 4", at: link.last?.lastPageOffset,
          "The file ends after the headers; it has no content.",
          expected: "pages with content", actual: "end of file"))
    }
    let lengths = link.compactMap { $0.mapping.kind == .other ? nil : $0.durationMilliseconds }
    if let length = lengths.max() { milliseconds = (milliseconds ?? 0) + length }
  }

  private func addFaults(of stream: OggStream, isLastLink: Bool, into reading: inout Reading) {
    if let offset = stream.wrongHeaderOffset {
      reading.add(
        Fault(
          "header-broken", clause: stream.mapping.clause, at: offset,
          "A required header is missing or out of place."))
    }
    // Numbers that jump at every page come from a poor writer, not from missing pages.
    if let gap = stream.firstGap, stream.gapCount * 4 <= stream.pageCount {
      reading.add(
        Fault(
          "page-missing", clause: "RFC 3533 6", at: gap.offset,
          gap.actual > gap.expected
            ? "Pages are missing: the page numbers have a gap."
            : "Pages are repeated: the page numbers go back.",
          expected: "page \(gap.expected)", actual: "page \(gap.actual)"))
    } else if let offset = stream.brokenPacketOffset {
      reading.add(
        Fault(
          "packet-broken-off", clause: "RFC 3533 6", at: offset,
          "A packet that spans two pages lacks one of its parts."))
    }
    if let (granules, samples) = stream.advance.contradiction(isExact: stream.mapping.codec == "opus") {
      reading.add(
        Fault(
          "granule-position-wrong", clause: stream.mapping.granuleClause, at: stream.advance.offset,
          "The granule positions contradict the packets: players show a wrong length, or refuse the file.",
          expected: "\(samples) samples", actual: "\(granules) samples"))
    }
    if let (offset, expected, actual) = stream.advance.impossible {
      reading.add(
        Fault(
          "granule-position-wrong", clause: stream.mapping.granuleClause, at: offset,
          "A granule position isn't a time that the page can have: players show a wrong length, or refuse the file.",
          expected: expected, actual: "\(actual)"))
    }
    if let offset = stream.offsetWithoutTime ?? stream.offsetWithoutGranule {
      reading.add(
        Fault(
          "granule-position-wrong", clause: stream.mapping.granuleClause, at: offset,
          "Packets end in a page that has no granule position: players show a wrong length, or refuse the file.",
          expected: "the samples so far"))
    }
    if let offset = stream.offsetAfterEnd {
      reading.add(
        Fault(
          "page-after-end", clause: "RFC 3533 6", at: offset,
          "A page of the stream follows the one that ends it, so players don't reach it.",
          expected: "no further page of the stream", actual: "a page"))
    }
    if let offset = stream.malformedPacketOffset {
      reading.add(
        Fault(
          "invalid-opus-packet", clause: "RFC 6716 3.4", at: offset,
          "The lengths in a packet of Opus contradict its size, so decoders refuse it."))
    }
    guard stream.mapping.kind != .other, !isCut, !stream.hasEnded else { return }
    if stream.hasOpenPacket {
      reading.add(
        Fault(
          "truncated", clause: "RFC 3533 6", at: stream.lastPageOffset,
          "The stream ends in the middle of a packet.",
          expected: "a page with the rest of the packet", actual: "no further page of the stream"))
    } else if !stream.hasHeaders {
      reading.add(
        Fault(
          "truncated", clause: stream.mapping.clause, at: stream.lastPageOffset,
          "The stream ends before its headers are complete.",
          expected: "\(stream.mapping.headerCount ?? 1) header packets",
          actual: "\(stream.packetCount)"))
    } else if stream.isShorterThanStated {
      reading.add(
        Fault(
          "truncated", clause: stream.mapping.clause, at: stream.lastPageOffset,
          "The stream has fewer samples than its header declares.",
          expected: "\(stream.mapping.total ?? 0) samples",
          actual: "\(stream.lastGranule ?? 0) samples"))
    } else if isLastLink {
      reading.possibleTruncation = PossibleTruncation(
        message: "The stream has no end mark.", clause: "RFC 3533 6", at: stream.lastPageOffset)
    }
  }

  /// A checksum as it is usually written.
  private static func text(_ checksum: UInt32) -> String {
    let digits = String(checksum, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// What the end of the file is, where no page follows.
  private mutating func endInJunk(
    _ window: inout ByteWindow, at offset: UInt64, into reading: inout Reading
  ) throws(ReadError) {
    if try isBeginOfPage(&window, at: offset) {
      isCut = true
      reading.addTruncation(of: "a page", clause: "RFC 3533 6", at: window.byteCount)
      return
    }
    let hasEnded = (earlier + streams).allSatisfy { $0.hasEnded || $0.mapping.kind == .other }
    let isZero = try AudioTags.isZero(
      &window, from: offset, to: min(window.byteCount, offset + Limits.Ogg.search))
    // Zeros in place of pages are space that was reserved and not filled.
    if isZero, !hasEnded {
      isCut = true
      return addPageMissing(at: offset, into: &reading)
    }
    // To learn the length, players look for a page in the file's end that is as long as the longest page. FFmpeg
    // refuses a file without one.
    let lastPage = (earlier + streams).map(\.lastPageOffset).max() ?? offset
    if isZero, window.byteCount - lastPage <= OggPage.maximumSize { return }
    let isTag = try AudioTags.trailing(&window, from: offset) == offset
    if hasEnded || isTag {
      reading.trailingDataOffset = offset
    } else {
      addPageMissing(at: offset, into: &reading)
    }
  }

  private func addPageMissing(at offset: UInt64, into reading: inout Reading) {
    reading.add(
      Fault(
        "page-missing", clause: "RFC 3533 6", at: offset,
        "Invalid data where the next page should start.",
        expected: "OggS", actual: "other bytes up to the end of the file"))
  }

  /// Whether the file ends within the four letters.
  private func isBeginOfPage(
    _ window: inout ByteWindow, at offset: UInt64
  ) throws(ReadError) -> Bool {
    var rest = try window.available(at: offset, upTo: 4)
    guard rest.remaining < 4 else { return false }
    return Array("OggS".utf8).starts(with: try rest.array(rest.remaining))
  }

  /// The offset of the next page signature, unless it is too far away.
  private static func nextPage(
    _ window: inout ByteWindow, from start: UInt64
  ) throws(ReadError) -> UInt64? {
    var offset = start
    let byteCount = min(window.byteCount, start + Limits.Ogg.search)
    while true {
      let span = try window.available(at: offset, upTo: 4096)
      if let index = span.firstIndex(of: "OggS") { return offset + UInt64(index) }
      guard span.remaining > 3, offset + UInt64(span.remaining) < byteCount else { return nil }
      offset += UInt64(span.remaining - 3)
    }
  }
}
