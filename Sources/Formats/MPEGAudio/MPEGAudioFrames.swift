internal import PreflightFacts
internal import PreflightBytes

/// Finding the first frame of MPEG audio, and following the frames to the end.
struct MPEGAudioFrames {
  /// An offset from which consecutive frames follow.
  struct Start {
    let offset: UInt64
    let header: MPEGAudioHeader
    let freeFormat: Int
  }

  /// The last frame, if the data ends within it.
  struct Rest {
    let offset: UInt64
    let size: Int
    let header: MPEGAudioHeader
  }

  /// The longest free-format frame that is searched for; decoders support no longer ones.
  private static let maximumFreeFormat = 8192

  /// How much the window must contain so that looking ahead doesn't move it.
  private static let lookAhead = 32768

  let start: Start
  /// Where the audio must end: at the tags, or at the end of the file.
  let end: UInt64

  private(set) var count: UInt64 = 0
  /// The bytes of all the frames.
  private(set) var bytes: UInt64 = 0
  /// The bytes of tags among the frames.
  private(set) var tagBytes: UInt64 = 0
  private(set) var milliseconds = 0.0
  /// How often other bytes stood between frames.
  private(set) var interruptions: UInt64 = 0
  /// The first bytes between frames that neither a tag nor the start of another file explains.
  private(set) var gap: Range<UInt64>?
  /// The first frame whose side information can't be decoded.
  private(set) var invalidFrame: UInt64?
  /// Whether all the frames have one bit rate.
  private(set) var isConstant = true
  /// The last whole frame, and where it ends.
  private(set) var last: (offset: UInt64, header: MPEGAudioHeader)
  private(set) var lastEnd: UInt64
  private(set) var rest: Rest?
  /// The tag within which the file ends.
  private(set) var cutTag: (offset: UInt64, name: String)?
  /// Whether the file ends within a frame header.
  private(set) var endsInHeader = false
  /// The remaining attempts to find the size of free-format frames.
  private(set) var freeFormatTries: FreeFormatTries

  private init(start: Start, end: UInt64) {
    self.start = start
    self.end = end
    last = (start.offset, start.header)
    lastEnd = start.offset
    freeFormatTries = FreeFormatTries(fileByteCount: end)
  }

  /// How often the size of free-format frames may be searched for, which is expensive.
  struct FreeFormatTries {
    private let count: UInt64
    private var left: UInt64
    /// The first offset at which it wasn't searched for.
    private var refused: UInt64?

    init(fileByteCount: UInt64) {
      count = Limits.MPEGAudio.freeFormatTries + fileByteCount / Limits.MPEGAudio.bytesPerFreeFormatTry
      left = count
    }

    /// Whether it may be searched for once more, at an offset.
    mutating func take(at offset: UInt64) -> Bool {
      guard left > 0 else {
        refused = refused ?? offset
        return false
      }
      left -= 1
      return true
    }

    /// What was not looked at, if anything.
    var unchecked: UncheckedPart? {
      refused.map {
        UncheckedPart("free-format frames", limit: "\(count) attempts to find their length", at: $0)
      }
    }
  }

  // MARK: - The first frame

  /// How many headers are in step from a place.
  struct Run {
    var headers = 0
    var freeFormat = 0
    /// Whether the last frame ends exactly at the end of the data.
    var endsExactly = false
    /// Whether the data ends within the last frame.
    var endsWithin = false
  }

  /// The header at a place.
  static func header(
    _ window: inout ByteWindow, at offset: UInt64, before end: UInt64
  ) throws(ReadError) -> MPEGAudioHeader? {
    guard offset < end, end - offset >= 4 else { return nil }
    return MPEGAudioHeader(rawValue: try window.bigEndian(UInt32.self, at: offset))
  }

  /// Follows the headers from an offset, up to `most` of them.
  static func run(
    _ window: inout ByteWindow, at offset: UInt64, before end: UInt64, most: Int
  ) throws(ReadError) -> Run? {
    _ = try window.available(at: offset, upTo: lookAhead)
    guard let first = try header(&window, at: offset, before: end) else { return nil }
    var run = Run()
    if first.isFreeFormat {
      guard let size = try freeFormatSize(&window, at: offset, first) else { return nil }
      run.freeFormat = size
    }
    var header = first
    var position = offset
    while true {
      run.headers += 1
      let size = UInt64(header.size(freeFormat: run.freeFormat))
      guard size <= end - position else {
        run.endsWithin = true
        return run
      }
      position += size
      run.endsExactly = position == end
      guard run.headers < most, !run.endsExactly,
        let next = try Self.header(&window, at: position, before: end), next.continues(first)
      else { return run }
      header = next
    }
  }

  /// The size of an unpadded free-format frame: the distance to the next equal header, if a third one follows
  /// at the same distance.
  private static func freeFormatSize(
    _ window: inout ByteWindow, at offset: UInt64, _ first: MPEGAudioHeader
  ) throws(ReadError) -> Int? {
    let span = try window.available(at: offset, upTo: 2 * maximumFreeFormat + 16)
    var distance = first.slot * 6
    while distance <= maximumFreeFormat, distance + 4 <= span.remaining {
      defer { distance += 1 }
      guard let next = freeFormatHeader(span, at: distance, like: first) else { continue }
      let size = distance - (first.isPadded ? first.slot : 0)
      let third = distance + size + (next.isPadded ? next.slot : 0)
      if third == span.remaining || freeFormatHeader(span, at: third, like: first) != nil {
        return size
      }
    }
    return nil
  }

  private static func freeFormatHeader(
    _ span: borrowing ByteSpan, at index: Int, like first: MPEGAudioHeader
  ) -> MPEGAudioHeader? {
    guard span[index] == 0xff, let b = span[index + 1], let c = span[index + 2],
      let d = span[index + 3]
    else { return nil }
    let raw = 0xff00_0000 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    guard let header = MPEGAudioHeader(rawValue: raw), header.continues(first) else { return nil }
    return header
  }

  /// ISO/IEC 11172-3, 2.4.1.3: the first 11 bits of syncword, so that MPEG-2.5 has them too.
  private static let sync = FrameSync(mask: 0xe0, value: 0xe0)

  /// The first offset in a range from which consecutive frames follow.
  ///
  /// - Parameters:
  ///   - limit: The offset at which the search ends.
  ///   - hasTag: Whether a tag announced audio, so that less evidence is enough.
  ///   - tries: The remaining attempts to find the size of free-format frames.
  static func find(
    _ window: inout ByteWindow, from start: UInt64, before end: UInt64, limit: UInt64, hasTag: Bool,
    tries: inout FreeFormatTries
  ) throws(ReadError) -> Start? {
    var offset = start
    while let candidate = try sync.next(&window, from: offset, before: min(end, limit)) {
      offset = candidate + 1
      guard let header = try header(&window, at: candidate, before: end) else { continue }
      if header.isFreeFormat, !tries.take(at: candidate) { continue }
      guard let run = try run(&window, at: candidate, before: end, most: 6) else { continue }
      if isEnough(run, header, isAtStart: candidate == start, hasTag: hasTag) {
        return Start(offset: candidate, header: header, freeFormat: run.freeFormat)
      }
    }
    return nil
  }

  /// Whether a run of headers can't be chance.
  private static func isEnough(
    _ run: Run, _ header: MPEGAudioHeader, isAtStart: Bool, hasTag: Bool
  ) -> Bool {
    // A byte order mark of UTF-16 looks like a header of Layer I, so one alone proves nothing.
    let isDoubtful = header.layer == 1
    if isAtStart, hasTag { return run.headers >= 2 || run.endsExactly }
    if isAtStart, isDoubtful { return run.headers >= 6 || run.headers >= 3 && run.endsExactly }
    if isAtStart { return run.headers >= 3 || run.endsExactly || run.headers == 2 && run.endsWithin }
    if hasTag { return run.headers >= 3 || run.headers == 2 && run.endsExactly }
    return run.headers >= 6
  }

  // MARK: - All the frames

  /// Follows the frames from the first to the end of the audio.
  static func follow(
    _ window: inout ByteWindow, from start: Start, before end: UInt64
  ) throws(ReadError) -> MPEGAudioFrames {
    var frames = MPEGAudioFrames(start: start, end: end)
    try frames.follow(&window)
    return frames
  }

  private mutating func follow(_ window: inout ByteWindow) throws(ReadError) {
    var reference = start.header
    var freeFormat = start.freeFormat
    var offset = start.offset
    while offset < end {
      if let header = try Self.header(&window, at: offset, before: end), header.continues(reference) {
        let size = header.size(freeFormat: freeFormat)
        guard UInt64(size) <= end - offset else {
          rest = Rest(offset: offset, size: size, header: header)
          return
        }
        take(header, size)
        // The first frame may be an index.
        if invalidFrame == nil, offset > start.offset, try !Self.isValid(header, size, at: offset, &window) {
          invalidFrame = offset
        }
        last = (offset, header)
        offset += UInt64(size)
        lastEnd = offset
        continue
      }
      switch try AudioTags.tag(&window, at: offset) {
      case .whole(let tagEnd):
        tagBytes += tagEnd - offset
        offset = tagEnd
        continue
      case .cut(let name):
        cutTag = (offset, name)
        return
      case .none: break
      }
      if end - offset < 4 {
        let bytes = try window.available(at: offset, upTo: Int(end - offset))
        endsInHeader = bytes[0] == 0xff && bytes[1] ?? 0xff >= 0xe0
        return
      }
      guard let next = try resynchronise(&window, from: offset, reference) else { return }
      interruptions += 1
      if gap == nil, next.offset > offset, try !joins(&window, next, behind: offset) {
        gap = offset..<next.offset
      }
      reference = next.header
      freeFormat = next.freeFormat
      offset = next.offset
    }
  }

  /// Whether another file was joined to one that was cut, so that the bytes belong to its last frame and to the
  /// beginning of the next: there is an index, or a tag.
  private func joins(
    _ window: inout ByteWindow, _ next: Start, behind offset: UInt64
  ) throws(ReadError) -> Bool {
    var start = last.offset
    while let place = try AudioTags.joinedPart(&window, from: start, behind: offset) {
      start = place.offset + 1
      for begin in place.frames where try reaches(&window, from: begin, next) { return true }
    }
    return false
  }

  /// Whether frames lead from an offset to another: the cut frame may have swallowed the first one.
  private func reaches(
    _ window: inout ByteWindow, from start: UInt64, _ next: Start
  ) throws(ReadError) -> Bool {
    var position = start
    while position < next.offset {
      guard let header = try Self.header(&window, at: position, before: end), header.continues(next.header)
      else {
        return false
      }
      position += UInt64(header.size(freeFormat: next.freeFormat))
    }
    return position == next.offset
  }

  /// Whether a frame can be decoded by its side information.
  private static func isValid(
    _ header: MPEGAudioHeader, _ size: Int, at offset: UInt64, _ window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    guard header.layer == 3 else { return true }
    let length = header.sideInformationEnd
    // A frame without a fixed bit rate may be shorter.
    guard length <= size else { return true }
    var span = try window.span(at: offset, count: length)
    return try MPEGAudioSideInformation(parsing: &span, of: header).isValid
  }

  private mutating func take(_ header: MPEGAudioHeader, _ size: Int) {
    count += 1
    bytes += UInt64(size)
    milliseconds += Double(header.samples) * 1000 / Double(header.sampleRate)
    if header.bitRate != start.header.bitRate { isConstant = false }
  }

  /// The next offset from which frames continue, with the same parameters or, with more evidence, with
  /// others.
  private mutating func resynchronise(
    _ window: inout ByteWindow, from start: UInt64, _ reference: MPEGAudioHeader
  ) throws(ReadError) -> Start? {
    let limit = min(end, start + Limits.AudioTags.padding)
    var offset = start
    while let candidate = try Self.sync.next(&window, from: offset, before: limit) {
      offset = candidate + 1
      guard let header = try Self.header(&window, at: candidate, before: end) else { continue }
      if header.isFreeFormat, !freeFormatTries.take(at: candidate) { continue }
      let isSame = header.continues(reference)
      guard let run = try Self.run(&window, at: candidate, before: end, most: 4) else { continue }
      if run.headers >= (isSame ? 2 : 4) || isSame && run.endsExactly {
        return Start(offset: candidate, header: header, freeFormat: run.freeFormat)
      }
    }
    return nil
  }
}
