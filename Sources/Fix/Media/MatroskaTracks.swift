internal import PreflightBytes
internal import PreflightFormats

/// Takes the tracks out of Matroska and WebM (RFC 9559, in EBML, RFC 8794).
struct MatroskaTracks {
  private struct Entry {
    var number: UInt64 = 0
    var track: MediaTrack
    /// The presentation timestamp of each packet, in nanoseconds; the least value for a laced packet after the first.
    var times: [Int64] = []
    /// The duration of a packet in nanoseconds; 0 if unknown.
    var packetLength: UInt64 = 0
    /// How much of the end of the last packet isn't played, in nanoseconds.
    var padding: Int64 = 0
    var isKept = true
  }

  private typealias Element = Matroska.Element
  private typealias Identifier = Matroska.Identifier

  private var entries: [Entry] = []
  /// Nanoseconds in a tick.
  private var tick: UInt64 = 1_000_000
  private var sampleCount = 0
  private var elementCount = 0

  static func read(_ window: inout ByteWindow) throws(RewriteError) -> MediaTracks {
    var reader = MatroskaTracks()
    guard let header = try reader.element(at: 0, before: window.byteCount, &window),
      header.identifier == Identifier.header,
      let segment = try reader.element(at: header.data.upperBound, before: window.byteCount, &window),
      segment.identifier == Identifier.segment
    else { throw RewriteError("it isn't Matroska") }
    try reader.readSegment(segment.data, &window)
    return try reader.finish(byteCount: window.byteCount)
  }

  // MARK: Elements

  private mutating func element(
    at offset: UInt64, before end: UInt64, _ window: inout ByteWindow
  ) throws(RewriteError) -> Element? {
    guard offset < end else { return nil }
    elementCount += 1
    guard elementCount < Limits.Fix.samples * 4 else { throw .tooMuch }
    let element: Element?
    do { element = try Element(at: offset, before: end, in: &window) } catch {
      throw RewriteError("it can't be read")
    }
    guard let element else { throw .inconsistent }
    if element.isCut { throw RewriteError("it is truncated") }
    return element
  }

  private mutating func children(
    of range: Range<UInt64>, _ window: inout ByteWindow,
    _ body: (inout MatroskaTracks, Element, inout ByteWindow) throws(RewriteError) -> Void
  ) throws(RewriteError) {
    var offset = range.lowerBound
    while let child = try element(at: offset, before: range.upperBound, &window) {
      try body(&self, child, &window)
      offset = child.data.upperBound
    }
  }

  private static func number(_ element: Element, _ window: inout ByteWindow) throws(RewriteError) -> UInt64 {
    let count = element.data.upperBound - element.data.lowerBound
    guard count <= 8 else { throw .inconsistent }
    return try window.bytes(at: element.data.lowerBound, count: Int(count)).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func bytes(_ element: Element, _ window: inout ByteWindow) throws(RewriteError) -> [UInt8] {
    let count = element.data.upperBound - element.data.lowerBound
    guard count <= UInt64(Limits.Fix.setup) else { throw .tooMuch }
    return try window.bytes(at: element.data.lowerBound, count: Int(count))
  }

  // MARK: The segment

  private mutating func readSegment(_ range: Range<UInt64>, _ window: inout ByteWindow) throws(RewriteError) {
    var offset = range.lowerBound
    while let child = try element(at: offset, before: range.upperBound, &window) {
      offset = child.data.upperBound
      switch child.identifier {
      case Identifier.info:
        try children(of: child.data, &window) { reader, element, window throws(RewriteError) in
          if element.identifier == Identifier.timestampScale {
            reader.tick = max(1, try Self.number(element, &window))
          }
        }
      case Identifier.tracks:
        try children(of: child.data, &window) { reader, element, window throws(RewriteError) in
          if element.identifier == Identifier.trackEntry { try reader.readEntry(element.data, &window) }
        }
      case Identifier.cluster:
        offset = try readCluster(child, &window)
      default:
        // Only the segment and its clusters may be open.
        if child.isOpen { throw .inconsistent }
      }
    }
  }

  private mutating func readEntry(_ range: Range<UInt64>, _ window: inout ByteWindow) throws(RewriteError) {
    guard entries.count < Limits.OtherMedia.tracks else { throw .tooMuch }
    var entry = Entry(track: MediaTrack(isVideo: false, codec: .other("unknown"), timescale: 1))
    var (kind, name): (UInt64, String) = (0, "")
    var picture = Picture()
    try children(of: range, &window) { reader, element, window throws(RewriteError) in
      switch element.identifier {
      case Identifier.trackNumber: entry.number = try Self.number(element, &window)
      case Identifier.trackType: kind = try Self.number(element, &window)
      case Identifier.codec:
        name = String(decoding: try Self.bytes(element, &window).prefix { $0 != 0 }, as: UTF8.self)
      case Identifier.codecPrivate: entry.track.setup = try Self.bytes(element, &window)
      case Identifier.defaultDuration: entry.packetLength = try Self.number(element, &window)
      case Identifier.flagDefault: entry.track.isEnabled = try Self.number(element, &window) != 0
      case Identifier.language: entry.track.language = Self.language(try Self.bytes(element, &window))
      case Identifier.video: try reader.readPicture(element.data, into: &picture, &window)
      case Identifier.contentEncodings: entry.track.prefix = try reader.strippedHeader(element.data, &window)
      default: break
      }
    }
    entry.track.isVideo = kind == 1
    entry.isKept = kind == 1 || kind == 2
    switch name {
    case "V_MPEG4/ISO/AVC":
      entry.track.codec = .h264
      entry.track.timescale = 90_000
      entry.track.entry = try picture.avc1(entry.track.setup)
      entry.track.displaySize = picture.displaySize
    case "A_AAC":
      guard let setup = AudioSetup(entry.track.setup) else { throw .inconsistent }
      entry.track.codec = .aac
      entry.track.timescale = setup.sampleRate
      entry.track.entry = try SampleEntryRewrite.mp4a(
        channels: UInt16(max(1, setup.channels)), rate: UInt32(fixedPoint: setup.sampleRate),
        descriptor: SampleEntryRewrite.esds(entry.track.setup))
    case "A_OPUS":
      entry.track.codec = .opus
      entry.track.timescale = 48_000
    case "A_MPEG/L3": entry.track.codec = .mp3
    default: entry.track.codec = .other(name)
    }
    entries.append(entry)
  }

  /// ISO 639-2, three letters in five bits each.
  private static func language(_ bytes: [UInt8]) -> UInt16 {
    guard bytes.count == 3, bytes.allSatisfy({ (0x61...0x7a).contains($0) }) else { return 0x55c4 }
    return bytes.reduce(0) { $0 << 5 | UInt16($1 - 0x60) }
  }

  private mutating func readPicture(
    _ range: Range<UInt64>, into picture: inout Picture, _ window: inout ByteWindow
  ) throws(RewriteError) {
    var found = picture
    try children(of: range, &window) { _, element, window throws(RewriteError) in
      switch element.identifier {
      case Identifier.pixelWidth: found.width = try Self.number(element, &window)
      case Identifier.pixelHeight: found.height = try Self.number(element, &window)
      case Identifier.displayWidth: found.displayWidth = try Self.number(element, &window)
      case Identifier.displayHeight: found.displayHeight = try Self.number(element, &window)
      case Identifier.displayUnit: found.displayUnit = try Self.number(element, &window)
      default: break
      }
    }
    picture = found
  }

  /// The bytes that were left out of each packet (5.1.4.1.31); other encodings of the content can't be undone here.
  private mutating func strippedHeader(
    _ range: Range<UInt64>, _ window: inout ByteWindow
  ) throws(RewriteError) -> [UInt8] {
    var header: [UInt8] = []
    try children(of: range, &window) { reader, encoding, window throws(RewriteError) in
      guard encoding.identifier == Identifier.contentEncoding else { return }
      var (kind, method): (UInt64, UInt64) = (0, 0)
      try reader.children(of: encoding.data, &window) { reader, element, window throws(RewriteError) in
        switch element.identifier {
        case Identifier.contentEncodingType: kind = try Self.number(element, &window)
        case Identifier.contentCompression:
          try reader.children(of: element.data, &window) { _, element, window throws(RewriteError) in
            switch element.identifier {
            case Identifier.contentCompressionAlgorithm: method = try Self.number(element, &window)
            case Identifier.contentCompressionSettings: header = try Self.bytes(element, &window)
            default: break
            }
          }
        default: break
        }
      }
      if kind != 0 { throw RewriteError("it is encrypted") }
      if method != 3 { throw RewriteError("its packets are compressed") }
    }
    return header
  }

  // MARK: Clusters

  /// - Returns: Where the cluster ends.
  private mutating func readCluster(_ cluster: Element, _ window: inout ByteWindow) throws(RewriteError)
    -> UInt64
  {
    var time: UInt64 = 0
    var offset = cluster.data.lowerBound
    while let child = try element(at: offset, before: cluster.data.upperBound, &window) {
      switch child.identifier {
      case Identifier.timestamp: time = try Self.number(child, &window)
      case Identifier.simpleBlock: try readBlock(child.data, at: time, isSimple: true, &window)
      case Identifier.blockGroup: try readGroup(child.data, at: time, &window)
      // A cluster without a size ends where the next one begins, or another element of the segment.
      case Identifier.cluster, Identifier.cues, Identifier.tags, Identifier.info, Identifier.tracks,
        Identifier.attachments, Identifier.chapters, Identifier.seekHead:
        if cluster.isOpen { return offset }
        throw .inconsistent
      default: if child.isOpen { throw .inconsistent }
      }
      offset = child.data.upperBound
    }
    return offset
  }

  private mutating func readGroup(
    _ range: Range<UInt64>, at time: UInt64, _ window: inout ByteWindow
  ) throws(RewriteError) {
    var block: Range<UInt64>?
    var refersToOthers = false
    var padding: Int64 = 0
    try children(of: range, &window) { _, element, window throws(RewriteError) in
      switch element.identifier {
      case Identifier.block: block = element.data
      case Identifier.referenceBlock: refersToOthers = true
      case Identifier.discardPadding:
        let count = element.data.upperBound - element.data.lowerBound
        let bits = try Self.number(element, &window)
        padding = count == 0 ? 0 : Int64(bitPattern: bits << (64 - 8 * count)) >> Int64(64 - 8 * count)
      default: break
      }
    }
    guard let block else { return }
    try readBlock(block, at: time, isSimple: false, isSync: !refersToOthers, padding: padding, &window)
  }

  /// A block (10.1): its track, its timestamp, and one packet or several laced ones.
  private mutating func readBlock(
    _ range: Range<UInt64>, at clusterTime: UInt64, isSimple: Bool, isSync: Bool = true, padding: Int64 = 0,
    _ window: inout ByteWindow
  ) throws(RewriteError) {
    let head = try window.bytes(
      at: range.lowerBound, count: Int(min(16, range.upperBound - range.lowerBound)))
    guard let first = head.first, first > 0 else { throw .inconsistent }
    let numberSize = first.leadingZeroBitCount + 1
    guard head.count >= numberSize + 3 else { throw .pastEnd }
    let ones: UInt64 = 1 << (7 * UInt64(numberSize)) - 1
    let number = head.prefix(numberSize).reduce(0) { $0 << 8 | UInt64($1) } & ones
    guard let index = entries.firstIndex(where: { $0.number == number }), entries[index].isKept else {
      return
    }
    let relative = Int16(bitPattern: UInt16(head[numberSize]) << 8 | UInt16(head[numberSize + 1]))
    let flags = head[numberSize + 2]
    let (sum, isTooLate) = Int64(clamping: clusterTime).addingReportingOverflow(Int64(relative))
    let (time, overflow) = sum.multipliedReportingOverflow(by: Int64(clamping: tick))
    // Within 146 years, so that the difference of two timestamps is a number.
    if isTooLate || overflow || time.magnitude > UInt64(Int64.max / 2) { throw .inconsistent }
    let data = range.lowerBound + UInt64(numberSize) + 3..<range.upperBound
    let sizes = try Self.packets(in: data, lacing: flags >> 1 & 3, &window)
    var offset = range.upperBound - sizes.reduce(0, +)
    for (place, size) in sizes.enumerated() {
      guard sampleCount < Limits.Fix.samples else { throw .tooMuch }
      sampleCount += 1
      guard let size = UInt32(exactly: size) else { throw .inconsistent }
      entries[index].track.samples.append(
        MediaTrack.Sample(
          offset: offset, size: size, duration: 0, isSync: isSimple ? flags & 0x80 != 0 : isSync))
      // Only the first of laced packets has a timestamp; the others follow it.
      entries[index].times.append(place == 0 ? time : .min)
      offset += UInt64(size)
    }
    entries[index].padding = padding
  }

  /// The sizes of the packets of a block (10.3), the last of which fills the rest.
  private static func packets(
    in data: Range<UInt64>, lacing: UInt8, _ window: inout ByteWindow
  ) throws(RewriteError) -> [UInt64] {
    let available = data.upperBound - data.lowerBound
    if lacing == 0 { return [available] }
    // Sizes take at most eight bytes for each of 256 packets.
    let head = try window.bytes(at: data.lowerBound, count: Int(min(available, 2049)))
    var reader = BoxReader(head[...])
    let count = Int(try reader.u8()) + 1
    var sizes: [UInt64] = []
    switch lacing {
    case 1:
      for _ in 1..<max(count, 1) {
        var size: UInt64 = 0
        while true {
          let byte = try reader.u8()
          size += UInt64(byte)
          if byte != 255 { break }
        }
        sizes.append(size)
      }
    case 2:
      let rest = available - 1
      guard rest % UInt64(count) == 0 else { throw .inconsistent }
      return [UInt64](repeating: rest / UInt64(count), count: count)
    default:
      for place in 1..<max(count, 1) {
        let first = try reader.u8()
        guard first > 0 else { throw .inconsistent }
        let length = first.leadingZeroBitCount + 1
        var value = UInt64(first) & (0x7f >> UInt64(length - 1))
        for _ in 1..<max(length, 1) { value = value << 8 | UInt64(try reader.u8()) }
        if place == 1 {
          sizes.append(value)
        } else {
          // The difference to the one before, around zero.
          let bias = Int64(1) << Int64(7 * length - 1) - 1
          let (next, overflow) = Int64(clamping: sizes[place - 2]).addingReportingOverflow(
            Int64(clamping: value) - bias)
          guard !overflow, next >= 0 else { throw .inconsistent }
          sizes.append(UInt64(next))
        }
      }
    }
    let used = UInt64(reader.position)
    var sum = used
    for size in sizes {
      let (next, overflow) = sum.addingReportingOverflow(size)
      guard !overflow, next <= available else { throw .pastEnd }
      sum = next
    }
    return sizes + [available - sum]
  }

  // MARK: Times

  private mutating func finish(byteCount: UInt64) throws(RewriteError) -> MediaTracks {
    var tracks: [MediaTrack] = []
    var starts: [Int64] = []
    for index in entries.indices where entries[index].isKept && !entries[index].track.samples.isEmpty {
      try entries[index].track.check(byteCount: byteCount)
      starts.append(entries[index].times.filter { $0 != .min }.min() ?? 0)
      entries[index].track.setTimes(
        entries[index].times, packetLength: entries[index].packetLength, padding: entries[index].padding)
      tracks.append(entries[index].track)
    }
    // A track that starts after the first one gets a pause of that length.
    let earliest = starts.min() ?? 0
    for (index, start) in starts.enumerated() {
      let pause = UInt64(clamping: (start - earliest) / 1_000_000)
      guard pause > 0 else { continue }
      let length = Double(tracks[index].duration) / Double(tracks[index].timescale) * 1000
      tracks[index].edits = [
        MediaTrack.Edit(duration: pause, mediaTime: -1),
        MediaTrack.Edit(duration: length < 9e15 ? UInt64(length) : 0, mediaTime: 0),
      ]
    }
    return MediaTracks(tracks: tracks, movieTimescale: 1000)
  }

  /// The size of the picture (5.1.4.1.28).
  private struct Picture {
    var (width, height): (UInt64, UInt64) = (0, 0)
    var (displayWidth, displayHeight): (UInt64, UInt64) = (0, 0)
    /// 0 for pixels; otherwise centimetres, inches or a ratio.
    var displayUnit: UInt64 = 0

    /// 16.16.
    var displaySize: (width: UInt32, height: UInt32) {
      // Where there is an aspect, the product has at most 48 bits.
      let wide = aspect.map { width * $0.horizontal / $0.vertical } ?? width
      return (UInt32(fixedPoint: wide), UInt32(fixedPoint: height))
    }

    /// The ratio of a pixel's sides, unless it is a square.
    private var aspect: (horizontal: UInt64, vertical: UInt64)? {
      guard displayWidth > 0, displayHeight > 0, width > 0, height > 0, max(width, height) < 1 << 16,
        max(displayWidth, displayHeight) < 1 << 16
      else { return nil }
      let (horizontal, vertical) = (displayWidth * height, displayHeight * width)
      let divisor = Self.divisor(horizontal, vertical)
      return horizontal == vertical ? nil : (horizontal / divisor, vertical / divisor)
    }

    private static func divisor(_ a: UInt64, _ b: UInt64) -> UInt64 { b == 0 ? a : divisor(b, a % b) }

    /// An entry for AVC (ISO/IEC 14496-15, 5.4.2).
    func avc1(_ configuration: [UInt8]) throws(RewriteError) -> [UInt8] {
      guard configuration.count >= 7, let width = UInt16(exactly: width), let height = UInt16(exactly: height)
      else {
        throw .inconsistent
      }
      var writer = BoxWriter()
      try writer.box("avc1") { writer throws(RewriteError) in
        writer.zeros(6)
        writer.u16(1)
        writer.zeros(16)
        writer.u16(width)
        writer.u16(height)
        writer.u32(0x48_0000)
        writer.u32(0x48_0000)
        writer.u32(0)
        writer.u16(1)
        writer.zeros(32)
        writer.u16(0x18)
        writer.u16(0xffff)
        try writer.box("avcC") { $0.raw(configuration) }
        if let aspect, let horizontal = UInt32(exactly: aspect.horizontal),
          let vertical = UInt32(exactly: aspect.vertical)
        {
          try writer.box("pasp") { writer in
            writer.u32(horizontal)
            writer.u32(vertical)
          }
        }
      }
      return writer.bytes
    }
  }
}

extension MediaTrack {
  /// Sets the durations of the packets, and the composition offsets of video, from presentation timestamps.
  ///
  /// - Parameters:
  ///   - times: In nanoseconds; the least value for a packet that follows the one before.
  ///   - packetLength: The duration of a packet in nanoseconds; 0 if unknown.
  ///   - padding: How much of the end isn't played, in nanoseconds.
  fileprivate mutating func setTimes(_ times: [Int64], packetLength: UInt64, padding: Int64) {
    if isVideo { return setPictureTimes(times, packetLength: packetLength) }
    // The duration of an audio packet follows from the codec; Matroska rounds timestamps, to a millisecond as a rule.
    guard codec == .aac, let setup = AudioSetup(setup) else {
      let (samples, overflow) = UInt64(max(0, padding)).multipliedReportingOverflow(by: 48)
      endTrim = overflow ? 0 : samples / 1_000_000
      return
    }
    let start = times.first ?? 0
    var due: Int64 = 0
    for index in samples.indices {
      if times[index] != .min, index > 0 {
        let ticks = Double(times[index] - start) / 1e9 * Double(timescale)
        let gap = ticks - Double(due)
        // More than two packets are missing: the one before lasts longer.
        if gap > 2 * Double(setup.frameLength), gap < Double(UInt32.max / 2) {
          samples[index - 1].duration += UInt32(gap)
          due += Int64(gap)
        }
      }
      samples[index].duration = setup.frameLength
      due += Int64(setup.frameLength)
    }
  }

  private mutating func setPictureTimes(_ times: [Int64], packetLength: UInt64) {
    let start = times.lazy.filter { $0 != .min }.min() ?? 0
    let ticks = times.map { time in
      time == .min ? 0 : Int64((Double(time - start) * Double(timescale) / 1e9).rounded())
    }
    // Frames are stored in decoding order: their decoding times are the presentation times, sorted.
    let sorted = ticks.sorted()
    for index in samples.indices {
      let next =
        index + 1 < sorted.count
        ? sorted[index + 1] - sorted[index]
        : packetLength > 0
          ? Int64(Double(packetLength) * Double(timescale) / 1e9)
          : index > 0 ? sorted[index] - sorted[index - 1] : Int64(timescale) / 25
      samples[index].duration = UInt32(clamping: next)
      samples[index].composition = Int32(clamping: ticks[index] - sorted[index])
    }
  }
}
