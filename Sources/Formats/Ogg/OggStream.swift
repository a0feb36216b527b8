internal import PreflightFacts
internal import PreflightBytes

/// A logical bitstream (RFC 3533, section 4): its pages in order, and the packets that they carry.
struct OggStream {
  /// A gap between the pages of a stream.
  struct Gap {
    let offset: UInt64
    let expected: UInt32
    let actual: UInt32
  }

  let serialNumber: UInt32
  let mapping: OggMapping

  /// Whether the last page was read.
  private(set) var hasEnded = false
  /// Whether the last page ended within a packet.
  private(set) var hasOpenPacket = false
  /// Where that packet's page begins.
  private(set) var lastPageOffset: UInt64 = 0
  /// The packets that were completed.
  private(set) var packetCount = 0
  private(set) var lastGranule: UInt64?
  /// The first page behind a position in which packets with content end, though it states that none does.
  private(set) var offsetWithoutGranule: UInt64?
  /// The first page in which packets with content end, but for the last page of the stream.
  private var contentOffset: UInt64?
  private(set) var pageCount = 0
  private(set) var gapCount = 0
  private(set) var firstGap: Gap?
  /// A page that doesn't continue the packet that the previous page left open, or the reverse.
  private(set) var brokenPacketOffset: UInt64?
  /// A page behind the one that ends the stream.
  private(set) var offsetAfterEnd: UInt64?
  /// An Opus packet that decoders refuse.
  private(set) var malformedPacketOffset: UInt64?
  /// A header packet that is missing or out of place.
  private(set) var wrongHeaderOffset: UInt64?

  /// How the granule positions advance, and the samples of the packets that they count.
  private(set) var advance = OggAdvance()

  private var nextSequenceNumber: UInt32 = 0
  /// The granule position at which the first content packet begins, once known.
  private var startGranule: UInt64?
  /// The samples of the packets that were completed, or the fewest that they can have, and those of the next one.
  private var samples: UInt64 = 0
  private var nextSamples: UInt64 = 0
  /// The maximum that the packets before the first granule position above zero add to it.
  private var leadIn: UInt64 = 0

  init(serialNumber: UInt32, mapping: OggMapping) {
    self.serialNumber = serialNumber
    self.mapping = mapping
  }

  /// Whether all header packets were read.
  var hasHeaders: Bool { packetCount >= mapping.headerCount ?? 1 }

  /// Whether any content came.
  var hasContent: Bool {
    packetCount > mapping.headerCount ?? 1 || hasHeaders && hasOpenPacket || lastGranule ?? 0 > 0
  }

  /// Takes the next page of the stream.
  ///
  /// - Parameter span: The page from its segment table on.
  mutating func take(_ page: OggPage, _ span: inout ByteSpan) throws(ReadError) {
    let lacing = try span.take(page.segmentCount)
    noteSequence(page)
    if hasEnded { offsetAfterEnd = offsetAfterEnd ?? page.offset }
    let (samplesBefore, packetsBefore) = (samples, packetCount)
    if startGranule == nil || mapping.leastPerPacket > 0 {
      try takePackets(page, lacing, &span)
    } else if page.segmentCount > 0 {
      hasOpenPacket = lacing[page.segmentCount - 1] == 255
    }
    pageCount += 1
    lastPageOffset = page.offset
    if mapping.leastPerPacket > 0, packetsBefore >= mapping.headerCount ?? 1, packetCount > packetsBefore {
      if page.granulePosition == nil, startGranule != nil {
        offsetWithoutGranule = offsetWithoutGranule ?? page.offset
      }
      if !page.endsStream { contentOffset = contentOffset ?? page.offset }
    }
    if let granule = page.granulePosition {
      if let last = lastGranule, last > 0, startGranule != nil {
        advance.add(
          page, from: frames(last), to: frames(granule), samples: samples &- samplesBefore,
          longestPause: mapping.granuleRate.flatMap { UInt64(exactly: ($0 * Limits.Ogg.pause).rounded()) }
            ?? .max)
      }
      lastGranule = granule
      if startGranule == nil, granule > 0, hasHeaders {
        // A stream that was joined late starts far above zero. The bound is loose for codecs whose packets
        // vary, hence the factor: a start of zero is better than a made-up one.
        startGranule = frames(granule) / 2 > leadIn ? frames(granule) - leadIn : 0
      }
    }
    if page.endsStream { hasEnded = true }
  }

  private mutating func noteSequence(_ page: OggPage) {
    defer { nextSequenceNumber = page.sequenceNumber &+ 1 }
    guard pageCount > 0 else { return }
    let expected = nextSequenceNumber
    if page.sequenceNumber != expected {
      // A live stream that was joined late keeps its first pages and then jumps.
      let isJoin = hasHeaders && !hasContent
      guard !isJoin else { return }
      gapCount += 1
      firstGap =
        firstGap ?? Gap(offset: page.offset, expected: expected, actual: page.sequenceNumber)
    } else if page.isContinued != hasOpenPacket {
      brokenPacketOffset = brokenPacketOffset ?? page.offset
    }
  }

  /// Reads the packets of the pages up to the first granule position with content.
  private mutating func takePackets(
    _ page: OggPage, _ lacing: borrowing ByteSpan, _ body: inout ByteSpan
  ) throws(ReadError) {
    var index = 0
    var isRest = page.isContinued
    while index < page.segmentCount {
      var size = 0
      var isWhole = false
      while index < page.segmentCount, !isWhole {
        let value = lacing[index] ?? 0
        size += Int(value)
        isWhole = value < 255
        index += 1
      }
      let packet = try body.take(size)
      if !isRest {
        if isWhole, mapping.hasPlainPackets, hasHeaders, !OpusPacket.isValid(packet) {
          malformedPacketOffset = malformedPacketOffset ?? packet.offset
        }
        begin(packet)
      }
      // The rest of a packet whose start is missing completes nothing.
      if isWhole, !isRest || hasOpenPacket {
        packetCount += 1
        samples &+= nextSamples
      }
      hasOpenPacket = !isWhole
      isRest = false
    }
  }

  /// Looks at the first bytes of the next packet.
  private mutating func begin(_ packet: borrowing ByteSpan) {
    if packetCount > 0, packetCount <= mapping.laterHeaders.count {
      if !packet.has(mapping.laterHeaders[packetCount - 1]) {
        wrongHeaderOffset = wrongHeaderOffset ?? packet.offset
      }
    } else if packetCount >= mapping.headerCount ?? 1 {
      let isOpus = mapping.codec == "opus"
      let opus = isOpus ? OpusPacket.samples(packet) : 0
      if startGranule == nil { leadIn &+= isOpus ? opus : mapping.mostPerPacket }
      nextSamples = isOpus ? opus : mapping.leastPerPacket
    }
  }

  /// A granule position as a count of samples or frames.
  private func frames(_ granule: UInt64) -> UInt64 {
    guard mapping.granuleShift > 0 else { return granule }
    let key = granule >> mapping.granuleShift
    return key &+ (granule & ((1 << mapping.granuleShift) - 1))
  }

  /// The first page with content if the granule positions stay at zero although there is something to play; nil
  /// otherwise. A short stream may be trimmed to nothing by its last page.
  var offsetWithoutTime: UInt64? {
    guard startGranule == nil, samples > mapping.preSkip, packetCount >= (mapping.headerCount ?? 1) + 3 else {
      return nil
    }
    return contentOffset
  }

  /// How long the content plays, in milliseconds; nil if that isn't known.
  var durationMilliseconds: Double? {
    if offsetWithoutTime != nil { return nil }
    guard let rate = mapping.granuleRate, rate > 0, let last = lastGranule else { return nil }
    let end = frames(last)
    let skipped = (startGranule ?? 0).addingReportingOverflow(mapping.preSkip)
    guard !skipped.overflow, end > skipped.partialValue else { return 0 }
    return Double(end - skipped.partialValue) * 1000 / rate
  }

  /// Whether the headers declare a length that the pages don't reach.
  var isShorterThanStated: Bool {
    guard let total = mapping.total, let last = lastGranule else { return false }
    return (startGranule ?? 0) == 0 && last < total
  }
}

/// How far the granule positions of a stream advance from page to page, held against the packets between them (for
/// Opus: RFC 7845, section 4).
struct OggAdvance {
  private var granules: UInt64 = 0
  private var samples: UInt64 = 0
  private var pages = 0
  /// Whether every page advances by the same multiple of its samples.
  private var isProportional = true
  /// The first page that advances too little.
  private(set) var offset: UInt64?

  /// A position that is impossible by itself, and what could stand there.
  private(set) var impossible: (offset: UInt64, expected: String, actual: UInt64)?

  /// Adds a page. The last one may count less than its packets: that is how the end is trimmed.
  ///
  /// - Parameter longestPause: How much further than its packets a page may advance.
  mutating func add(
    _ page: OggPage, from last: UInt64, to granule: UInt64, samples: UInt64, longestPause: UInt64
  ) {
    guard granule >= last else {
      impossible = impossible ?? (page.offset, "≥ \(last)", granule)
      return
    }
    let step = granule - last
    if step > longestPause, impossible == nil {
      impossible = (page.offset, "about \(last.addingReportingOverflow(samples).partialValue)", granule)
    }
    guard !page.endsStream, samples > 0 else { return }
    if pages > 0, step.multipliedFullWidth(by: self.samples) != samples.multipliedFullWidth(by: granules) {
      isProportional = false
    }
    if step < samples { offset = offset ?? page.offset }
    granules &+= step
    self.samples &+= samples
    pages += 1
  }

  /// What the pages count, and what their packets hold, if these contradict one another: players show the length of
  /// the one and play that of the other.
  ///
  /// Pages that are lost, and pauses that aren't coded, make the positions advance further than the packets. They
  /// never make them fall behind, nor all advance by the same multiple.
  ///
  /// - Parameter isExact: Whether the samples of the packets are known, rather than a lower bound.
  func contradiction(isExact: Bool) -> (granules: UInt64, samples: UInt64)? {
    guard pages > 0 else { return nil }
    let isBehind = granules < samples - samples / 16
    let isMultiple = isExact && pages > 2 && isProportional && granules / 17 > samples / 16
    return isBehind || isMultiple ? (granules, samples) : nil
  }
}
