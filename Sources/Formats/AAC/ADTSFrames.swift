internal import PreflightFacts
internal import PreflightBytes

/// Finding the first ADTS frame, and following the frames to the end.
struct ADTSFrames {
  /// How many headers are in step from a place.
  struct Run {
    var headers = 0
    /// Whether the last frame ends exactly at the end of the data.
    var endsExactly = false
    /// Whether the data ends within the last frame.
    var endsWithin = false
  }

  let start: UInt64
  let first: ADTSHeader
  /// Where the audio must end: at the tags, or at the end of the file.
  let end: UInt64

  private(set) var count: UInt64 = 0
  private(set) var bytes: UInt64 = 0
  private(set) var blocks: UInt64 = 0
  /// Where the last frame ends.
  private(set) var lastEnd: UInt64
  /// The last frame, if the data ends within it.
  private(set) var rest: (offset: UInt64, size: Int)?
  private(set) var cutTag: String?
  /// Whether the file ends within a frame header.
  private(set) var endsInHeader = false
  /// The first bytes between frames that no tag explains.
  private(set) var gap: Range<UInt64>?
  /// The first frame whose blocks are all zeros.
  private(set) var emptyFrame: UInt64?
  /// Where the first block is that isn't one of AAC.
  private(set) var invalidBlock: UInt64?
  /// The last whole frame.
  private(set) var lastOffset: UInt64

  private init(start: UInt64, first: ADTSHeader, end: UInt64) {
    self.start = start
    self.first = first
    self.end = end
    lastOffset = start
    lastEnd = start
  }

  /// The header at a place.
  static func header(
    _ window: inout ByteWindow, at offset: UInt64, before end: UInt64
  ) throws(ReadError) -> ADTSHeader? {
    guard offset < end, end - offset >= 7 else { return nil }
    var span = try window.span(at: offset, count: 7)
    return ADTSHeader(try UInt64(parsingBigEndian: &span, byteCount: 7) << 8)
  }

  /// Follows the headers from an offset, up to `most` of them.
  static func run(
    _ window: inout ByteWindow, at offset: UInt64, before end: UInt64, most: Int
  ) throws(ReadError) -> Run {
    var run = Run()
    var position = offset
    while run.headers < most, let header = try header(&window, at: position, before: end) {
      run.headers += 1
      guard UInt64(header.frameLength) <= end - position else {
        run.endsWithin = true
        break
      }
      position += UInt64(header.frameLength)
      run.endsExactly = position == end
      if run.endsExactly { break }
    }
    return run
  }

  /// The first offset in a range from which consecutive frames follow.
  static func find(
    _ window: inout ByteWindow, from start: UInt64, before end: UInt64, limit: UInt64, hasTag: Bool
  ) throws(ReadError) -> UInt64? {
    var offset = start
    while let candidate = try sync.next(&window, from: offset, before: min(end, limit)) {
      offset = candidate + 1
      // Looking ahead must not make the window jump back and forth.
      _ = try window.available(at: candidate, upTo: 1 << 15)
      guard try header(&window, at: candidate, before: end) != nil else { continue }
      let run = try run(&window, at: candidate, before: end, most: 6)
      let isEnough =
        if candidate == start {
          run.headers >= (hasTag ? 2 : 3) || run.endsExactly || run.endsWithin && run.headers == 2
        } else {
          run.headers >= 6 || run.endsExactly && run.headers >= 3
        }
      if isEnough { return candidate }
    }
    return nil
  }

  /// ISO/IEC 14496-3, 1.A.2.2.1: syncword, and layer, which is 0.
  private static let sync = FrameSync(mask: 0xf6, value: 0xf0)

  /// Follows the frames from the first to the end of the audio.
  static func follow(
    _ window: inout ByteWindow, from start: UInt64, _ first: ADTSHeader, before end: UInt64
  ) throws(ReadError) -> ADTSFrames {
    var frames = ADTSFrames(start: start, first: first, end: end)
    try frames.follow(&window)
    return frames
  }

  private mutating func follow(_ window: inout ByteWindow) throws(ReadError) {
    var offset = start
    while offset < end {
      if let header = try Self.header(&window, at: offset, before: end), header.continues(first) {
        guard UInt64(header.frameLength) <= end - offset else {
          rest = (offset, header.frameLength)
          return
        }
        if emptyFrame == nil, try Self.isEmpty(header, at: offset, &window) { emptyFrame = offset }
        if invalidBlock == nil, try !Self.hasPlausibleBlock(header, at: offset, &window) {
          invalidBlock = offset + UInt64(header.dataOffset)
        }
        count += 1
        bytes += UInt64(header.frameLength)
        blocks += UInt64(header.blocks)
        lastOffset = offset
        offset += UInt64(header.frameLength)
        lastEnd = offset
        continue
      }
      switch try AudioTags.tag(&window, at: offset) {
      case .whole(let tagEnd):
        offset = tagEnd
        continue
      case .cut(let name):
        cutTag = name
        return
      case .none: break
      }
      if end - offset < 7 {
        let bytes = try window.available(at: offset, upTo: Int(end - offset))
        endsInHeader = bytes[0] == 0xff && (bytes[1] ?? 0xf0) & 0xf6 == 0xf0
        return
      }
      guard let next = try resynchronise(&window, from: offset) else { return }
      if gap == nil, next > offset, try !joins(&window, next, behind: offset) { gap = offset..<next }
      offset = next
    }
  }

  /// Whether another file was joined to one that was cut, with a tag before it.
  private func joins(
    _ window: inout ByteWindow, _ next: UInt64, behind offset: UInt64
  ) throws(ReadError) -> Bool {
    var start = lastOffset
    while let part = try AudioTags.joinedPart(&window, from: start, behind: offset) {
      start = part.offset + 1
      for begin in part.frames where begin > part.offset {
        // The cut frame may have swallowed the first one.
        var position = begin
        while position < next, let header = try Self.header(&window, at: position, before: end),
          header.continues(first)
        {
          position += UInt64(header.frameLength)
        }
        if position == next { return true }
      }
    }
    return false
  }

  /// Whether the blocks of a frame are zeros. A block ends with the element END, three bits set.
  private static func isEmpty(
    _ header: ADTSHeader, at offset: UInt64, _ window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    guard header.frameLength > header.dataOffset else { return false }
    let end = offset + UInt64(header.frameLength)
    // Looked at from the end, so that one byte decides of almost every frame.
    guard try window.available(at: end - 1, upTo: 1)[0] == 0 else { return false }
    let data = offset + UInt64(header.dataOffset)
    return try AudioTags.endOfWritten(&window, from: data, to: end) == data
  }

  /// Whether the first block of a frame may be one of AAC.
  private static func hasPlausibleBlock(
    _ header: ADTSHeader, at offset: UInt64, _ window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    let block = AACBlock(
      objectType: UInt32(header.profile + 1), samplingIndex: header.samplingIndex,
      hasKnownChannels: header.channelConfiguration != 0)
    let data = offset + UInt64(header.dataOffset)..<offset + UInt64(header.frameLength)
    return try block?.isPlausible(in: data, &window) ?? true
  }

  /// The next place from which frames go on.
  private func resynchronise(
    _ window: inout ByteWindow, from start: UInt64
  ) throws(ReadError) -> UInt64? {
    let limit = min(end, start + Limits.AudioTags.padding)
    var offset = start
    while let candidate = try Self.sync.next(&window, from: offset, before: limit) {
      offset = candidate + 1
      _ = try window.available(at: candidate, upTo: 1 << 15)
      guard let header = try Self.header(&window, at: candidate, before: end),
        header.continues(first)
      else { continue }
      let run = try Self.run(&window, at: candidate, before: end, most: 3)
      if run.headers >= 2 || run.endsExactly { return candidate }
    }
    return nil
  }
}
