// MPEG audio, Layers I to III: ISO/IEC 11172-3 (MPEG-1), ISO/IEC 13818-3 (MPEG-2), MPEG 2.5, with the tags
// around it and the index frames of Xing and VBRI. Yields: audio/mpeg, the codec by its layer, the duration,
// and whether the last frame is complete.

package import PreflightFacts
package import PreflightBytes

extension Format {
  package static let mpegAudio = Format(
    "MPEG audio", reader: MPEGAudio.self, hiding: .media,
    mediaTypes: [
      .init(
        "audio/mpeg", "MPEG audio", .audio, extensions: ["mp3", "mpga", "mp2", "mp1", "mpa"],
        aliases: ["audio/mp3"], isConfirmedByReader: true)
    ])
}

extension MediaType {
  /// MPEG audio, including MP3 (Layer III).
  package static let mpegAudio: MediaType = "audio/mpeg"
}

package enum MPEGAudio: FormatReader {
  package static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    let (text, leading) = try start(&window)
    let hasOddTag = try hasOddTag(&window)
    let hasTag = leading.isThere || hasOddTag
    // A tag that extends past the end hides where the audio begins, or is truncated itself.
    let start = leading.cutTagOffset.map { $0 + 10 } ?? leading.end
    // Audio must follow a tag, at any distance.
    let limit = hasTag ? window.byteCount : start + Limits.MPEGAudio.search
    // Reading the file's end is only worthwhile if there is something like a frame.
    if !hasTag {
      guard try mayHaveFrames(&window, from: start, limit: limit) else { return }
    }
    let end = try AudioTags.trailing(&window, from: start)
    var tries = MPEGAudioFrames.FreeFormatTries(fileByteCount: window.byteCount)
    let found = try MPEGAudioFrames.find(
      &window, from: start, before: end, limit: limit,
      hasTag: hasTag && leading.cutTagOffset == nil, tries: &tries)
    guard let found else {
      try readWithoutFrames(
        &window, leading, hasTag: hasTag, from: start, unchecked: tries.unchecked, into: &reading)
      return
    }
    let frames = try MPEGAudioFrames.follow(&window, from: found, before: end)
    if !hasTag, found.offset > 0, !isConvincing(frames) { return }
    reading.mediaType = .mpegAudio
    try reading.noteLeadingData(&window, before: text, isSkippedByDecoders: true)
    if let offset = leading.cutTagOffset {
      reading.add(
        Fault(
          "tag-past-end", clause: "ID3v2.4 3.1", at: offset,
          "The tag before the audio is longer than the file, so players that skip it find no audio."))
    }
    let reached = (frames.rest?.offset ?? frames.lastEnd) - start
    // There may be tags after the last frame, too.
    let audio = reached - min(reached, frames.tagBytes)
    if frames.gap == nil, leading.cutTagOffset == nil, frames.bytes < audio / 2 {
      reading.add(
        Fault(
          "frames-interrupted", clause: clause, at: start, "Most of the file isn't MPEG audio.",
          expected: "frames", actual: "\(frames.bytes) bytes of frames in \(audio)"))
    }
    if let unchecked = frames.freeFormatTries.unchecked { reading.leaveUnchecked(unchecked) }
    try note(frames, &window, into: &reading)
  }

  /// A tag before the audio that claims to be longer than the file, up to where the audio begins; nil if there is none.
  package static func overlongTag(_ window: inout ByteWindow) throws(ReadError) -> Range<UInt64>? {
    guard let tag = try start(&window).leading.cutTagOffset else { return nil }
    let end = window.byteCount
    var tries = MPEGAudioFrames.FreeFormatTries(fileByteCount: end)
    return try MPEGAudioFrames.find(
      &window, from: tag + 10, before: end, limit: end, hasTag: false, tries: &tries
    ).map { tag..<$0.offset }
  }

  /// How many bytes of text come first, and the tags behind them.
  private static func start(
    _ window: inout ByteWindow
  ) throws(ReadError) -> (text: UInt64, leading: AudioTags.Leading) {
    let text = try AudioTags.textBefore(&window) { $0 == 0xff && $1 >= 0xe0 }
    return (text, try AudioTags.leading(&window, from: text))
  }

  /// Whether a header is at the start, or several consecutive ones follow further on.
  private static func mayHaveFrames(
    _ window: inout ByteWindow, from start: UInt64, limit: UInt64
  ) throws(ReadError) -> Bool {
    let end = window.byteCount
    if try MPEGAudioFrames.header(&window, at: start, before: end) != nil { return true }
    var tries = MPEGAudioFrames.FreeFormatTries(fileByteCount: end)
    return try MPEGAudioFrames.find(
      &window, from: start, before: end, limit: limit, hasTag: false, tries: &tries) != nil
  }

  /// Whether the file consists of frames that aren't at its start and that no tag announces. Runs of equal
  /// bytes in images and tones in raw samples also look like frames.
  private static func isConvincing(_ frames: MPEGAudioFrames) -> Bool {
    let there = frames.end - frames.start.offset
    let header = frames.start.header
    return header.layer != 1 && !header.isFreeFormat && frames.interruptions <= frames.count / 50
      && frames.bytes >= there - there / 10 && frames.start.offset <= frames.bytes
  }

  /// Whether the file starts with a tag whose size is invalid.
  private static func hasOddTag(_ window: inout ByteWindow) throws(ReadError) -> Bool {
    let head = try window.available(at: 0, upTo: 10)
    return head.remaining == 10 && head.has("ID3") && 2...9 ~= head[3] ?? 0
  }

  /// The facts, and the faults at the end.
  private static func note(
    _ frames: MPEGAudioFrames, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let header = frames.start.header
    let index = try index(frames.start, &window)
    reading.facts.container = "mp\(header.layer)"
    var stream = AudioStream(codec: "mp\(header.layer)")
    stream.channels = header.channels
    stream.sampleRate = header.sampleRate
    // A header can't declare this bit rate (section 2.4.2.3), and few players accept it.
    if header.isFreeFormat { stream.profile = "free format" }

    let frameMilliseconds = Double(header.samples) * 1000 / Double(header.sampleRate)
    var milliseconds = frames.milliseconds - (index == nil ? 0 : frameMilliseconds)
    if milliseconds > 0 {
      stream.bitRate =
        frames.isConstant && !header.isFreeFormat
        ? header.bitRate : Int(exactly: (Double(frames.bytes) * 8000 / frames.milliseconds).rounded())
    }
    // The index is trusted, as in players. If no frame follows it, nothing is played.
    if let index, let count = index.frames, frames.count > 1, isOfAll(frames, index) {
      milliseconds = Double(count) * frameMilliseconds
    }
    reading.facts.audioStreams = [stream]
    reading.facts.durationMilliseconds = max(0, milliseconds)
    if let gap = frames.gap {
      reading.noteGap(gap, clause: clause)
    } else if let offset = frames.invalidFrame {
      reading.add(
        Fault(
          "invalid-side-information", clause: "ISO/IEC 11172-3 2.4.2.7", at: offset,
          "The side information of a frame is impossible, so the frame can't be decoded.",
          expected: "big_values ≤ 288, and a block_type that isn't reserved", actual: "other bytes"))
    }
    try judgeEnd(frames, index, &window, into: &reading)
  }

  private static let clause = "ISO/IEC 11172-3 2.4.1"

  /// The index in the first frame.
  private static func index(
    _ start: MPEGAudioFrames.Start, _ window: inout ByteWindow
  ) throws(ReadError) -> MPEGAudioIndex? {
    let size = start.header.size(freeFormat: start.freeFormat)
    return MPEGAudioIndex(
      frame: try window.available(at: start.offset, upTo: min(size, 256)), header: start.header)
  }

  // MARK: - The end

  private static func judgeEnd(
    _ frames: MPEGAudioFrames, _ index: MPEGAudioIndex?, _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    if let tag = frames.cutTag {
      reading.addTruncation(of: tag.name, clause: "", at: window.byteCount)
    } else if let index, frames.rest == nil, lacksOneFrame(frames, index, window.byteCount) {
      reading.possibleTruncation = PossibleTruncation(
        message: "The file has one frame less than its first frame declares.", clause: clause,
        at: frames.lastEnd)
    } else if let index, index.frames == nil, lacksBytes(frames, index, window.byteCount) {
      // A writer may have counted a tag that was removed since.
      reading.possibleTruncation = PossibleTruncation(
        message: "The file has fewer bytes than its first frame declares.", clause: clause, at: frames.lastEnd
      )
    } else if let index, let count = index.frames, try lacksFrames(frames, index, &window) {
      reading.add(
        Fault(
          "truncated", clause: clause, at: frames.lastEnd,
          "The file has fewer frames than its first frame declares.",
          expected: "\(count) frames", actual: "\(max(frames.count, 1) - 1) frames"))
    } else if frames.endsInHeader, frames.end == window.byteCount {
      reading.noteLastFrame(clause: clause, endsAt: window.byteCount)
    } else if let rest = frames.rest {
      if try !isTolerated(rest, frames, index, &window) {
        reading.noteLastFrame(clause: clause, endsAt: window.byteCount)
      }
    } else if try AudioTags.tag(&window, at: frames.lastEnd).isNone {
      try judgeRest(frames, &window, into: &reading)
    }
  }

  /// The bytes after the last frame, which are no tag.
  private static func judgeRest(
    _ frames: MPEGAudioFrames, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let start = frames.lastEnd
    let begun = try AudioTags.beginsHeader(&window, at: start) ? min(frames.end, start + 4) : start
    guard try AudioTags.isZero(&window, from: begun, to: frames.end) else {
      reading.trailingDataOffset = start
      return
    }
    guard frames.end == window.byteCount else { return }
    // The space of a download is often reserved before the bytes arrive. What wasn't written are zeros, also
    // within the frame that was begun.
    let written = try AudioTags.endOfWritten(&window, from: frames.last.offset, to: start)
    let needed = try neededEnd(of: frames.last, &window)
    if begun > start {
      reading.noteUnwritten(from: start, clause: clause)
    } else if written + Limits.MPEGAudio.zeros < min(needed, start) {
      reading.noteUnwritten(from: written, clause: clause)
    } else {
      reading.noteZeros(from: start, to: frames.end, clause: clause)
    }
  }

  /// Where the audio of a frame ends at the earliest.
  private static func neededEnd(
    of frame: (offset: UInt64, header: MPEGAudioHeader), _ window: inout ByteWindow
  ) throws(ReadError) -> UInt64 {
    guard frame.header.layer == 3 else { return frame.offset }
    let length = frame.header.sideInformationEnd
    var span = try window.available(at: frame.offset, upTo: length)
    guard span.remaining == length else { return frame.offset }
    return frame.offset + (try MPEGAudioSideInformation(parsing: &span, of: frame.header).bytesNeeded)
  }

  /// Whether every decoder plays a file to its end although the last frame is incomplete.
  private static func isTolerated(
    _ rest: MPEGAudioFrames.Rest, _ frames: MPEGAudioFrames, _ index: MPEGAudioIndex?,
    _ window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    // A tagger has since written after the frame: the file itself isn't truncated.
    if frames.end < window.byteCount { return true }
    if let bytes = index?.bytes {
      // All the audio that the index counts is present, and this isn't an excerpt.
      if let index, isOfAll(frames, index), rest.offset - frames.start.offset >= bytes { return true }
    }
    // Some encoders stop within the last frame, after the last byte of its audio.
    let length = rest.header.sideInformationEnd
    guard rest.header.layer == 3, frames.end - rest.offset >= UInt64(length) else { return false }
    var span = try window.span(at: rest.offset, count: length)
    let needed = try MPEGAudioSideInformation(parsing: &span, of: rest.header).bytesNeeded
    let there = frames.end - rest.offset
    return there >= needed && there <= needed + 2
  }

  /// Whether an index covers the whole file: if far more frames follow than it counts, it belongs to the
  /// first of several joined files.
  private static func isOfAll(_ frames: MPEGAudioFrames, _ index: MPEGAudioIndex) -> Bool {
    guard let count = index.frames else { return true }
    return frames.count <= count + 1 + count / 16
  }

  /// Whether nothing but the last frame is missing, which is no more than what a player that stops too early loses.
  private static func lacksOneFrame(
    _ frames: MPEGAudioFrames, _ index: MPEGAudioIndex, _ byteCount: UInt64
  ) -> Bool {
    guard frames.count > 1, frames.count == index.frames, let bytes = index.bytes else { return false }
    let missing = bytes.subtractingReportingOverflow(byteCount - frames.start.offset)
    return !missing.overflow && 1...MPEGAudioHeader.maximumSize ~= missing.partialValue
  }

  /// Whether an index that counts bytes alone counts more than the whole file has, tags and two frames included: some
  /// writers are off by as much.
  private static func lacksBytes(
    _ frames: MPEGAudioFrames, _ index: MPEGAudioIndex, _ byteCount: UInt64
  ) -> Bool {
    guard frames.count > 1, let bytes = index.bytes else { return false }
    return bytes > byteCount + 2 * MPEGAudioHeader.maximumSize
  }

  /// Whether the index counts more frames, and more bytes, than there are, apart from the last frame.
  private static func lacksFrames(
    _ frames: MPEGAudioFrames, _ index: MPEGAudioIndex, _ window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    // An index alone plays nothing, which is reported as such.
    guard frames.count > 1, let count = index.frames else { return false }
    // The last frame counts although its end is missing.
    let there = frames.count - 1 + (frames.rest == nil ? 0 : 1)
    guard there < count else { return false }
    // Some writers are off by a frame or two, and some count the tags; hardly any do both.
    guard let bytes = index.bytes else { return there + 2 < count }
    if let rest = frames.rest {
      return rest.offset + UInt64(rest.size) - frames.start.offset < bytes
    }
    if window.byteCount - frames.start.offset < bytes { return true }
    // The space for the missing frames is there, but nothing was written to it.
    guard there + 2 < count, frames.lastEnd < frames.end else { return false }
    return try AudioTags.isZero(&window, from: frames.lastEnd, to: frames.end)
  }

  // MARK: - No frames

  /// A tag without audio, or audio that ends within the first frame.
  ///
  /// - Parameter unchecked: The offset of frames that weren't searched for.
  private static func readWithoutFrames(
    _ window: inout ByteWindow, _ leading: AudioTags.Leading, hasTag: Bool, from start: UInt64,
    unchecked: UncheckedPart?, into reading: inout Reading
  ) throws(ReadError) {
    let header = try MPEGAudioFrames.header(&window, at: start, before: window.byteCount)
    let isPlain = header.map { $0.layer != 1 && !$0.isFreeFormat } ?? false
    let hasIndex = try header.map { header throws(ReadError) in
      try MPEGAudioIndex(frame: window.available(at: start, upTo: 256), header: header) != nil
    }
    guard hasTag || isPlain || hasIndex ?? false else { return }
    reading.mediaType = .mpegAudio
    if leading.cutTagOffset != nil {
      reading.addTruncation(of: "the tag before the audio", clause: "ID3v2.4 3.1", at: window.byteCount)
      return
    }
    if let header {
      reading.facts.container = "mp\(header.layer)"
      var stream = AudioStream(codec: "mp\(header.layer)")
      stream.channels = header.channels
      stream.sampleRate = header.sampleRate
      reading.facts.audioStreams = [stream]
      // The size of a free-format frame depends on the next frame, which is missing.
      if header.isFreeFormat || UInt64(header.size(freeFormat: 0)) > window.byteCount - start {
        reading.addTruncation(of: "the first frame", clause: "ISO/IEC 11172-3 2.4.1", at: window.byteCount)
        return
      }
    }
    if let unchecked { return reading.leaveUnchecked(unchecked) }
    reading.add(
      Fault(
        "no-frames", clause: "ISO/IEC 11172-3 2.4.1", at: start,
        hasTag
          ? "The file has an audio tag but no audio."
          : "The file starts like MPEG audio, but no consecutive frames follow.",
        expected: "consecutive frames", actual: "other bytes"))
  }
}
