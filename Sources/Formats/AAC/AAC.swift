// AAC outside a container: ADTS and ADIF (ISO/IEC 13818-7, 6.2 and ISO/IEC 14496-3, 1.A.2 and 1.A.3), LOAS
// (ISO/IEC 14496-3, 1.7.2). Yields: audio/aac with its profile and length, and whether the last frame is
// complete; ADIF and LOAS only by name.

package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let aac = Format(
    "AAC", reader: AAC.self, hiding: .media,
    mediaTypes: [
      .init(
        .aac, "AAC audio", .audio, extensions: ["aac", "adts"],
        aliases: ["audio/x-aac", "audio/aacp"], isConfirmedByReader: true),
      .init("audio/x-hx-aac-adif", "AAC audio in ADIF", .audio, extensions: ["aac", "adif"]),
    ])
}

extension MediaType {
  /// AAC in ADTS frames.
  package static let aac: MediaType = "audio/aac"
}

enum AAC: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    if try window.available(at: 0, upTo: 4).has("ADIF") {
      reading.mediaType = "audio/x-hx-aac-adif"
      reading.facts.container = "adif"
      reading.facts.audioStreams = [AudioStream(codec: "aac")]
      return
    }
    if try isLOAS(&window) {
      reading.mediaType = "audio/x-mp4a-latm"
      reading.facts.container = "loas"
      reading.facts.audioStreams = [AudioStream(codec: "aac_latm")]
      return
    }
    try readADTS(&window, into: &reading)
  }

  /// Whether there are consecutive LOAS frames with a length of 13 bits each.
  private static func isLOAS(_ window: inout ByteWindow) throws(ReadError) -> Bool {
    var offset: UInt64 = 0
    for count in 0..<4 {
      if offset == window.byteCount { return count >= 2 }
      guard window.byteCount - offset >= 3 else { return false }
      var span = try window.span(at: offset, count: 3)
      let bits = try UInt32(parsingBigEndian: &span, byteCount: 3)
      guard bits >> 13 == 0x2b7, bits & 0x1fff > 0 else { return false }
      offset += 3 + UInt64(bits & 0x1fff)
      guard offset <= window.byteCount else { return count >= 1 }
    }
    return true
  }

  private static func readADTS(
    _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let text = try AudioTags.textBefore(&window) { $0 == 0xff && $1 & 0xf6 == 0xf0 }
    let leading = try AudioTags.leading(&window, from: text)
    guard leading.cutTagOffset == nil else { return }
    let start = leading.end
    // Reading the file's end is only worthwhile if there is something like a frame.
    guard try mayHaveFrames(&window, from: start) else { return }
    let end = try AudioTags.trailing(&window, from: start)
    let found = try ADTSFrames.find(
      &window, from: start, before: end, limit: start + Limits.AAC.search, hasTag: leading.isThere)
    guard let found, let first = try ADTSFrames.header(&window, at: found, before: end) else {
      try readFirstFrameAlone(&window, at: start, before: end, into: &reading)
      return
    }
    let frames = try ADTSFrames.follow(&window, from: found, first, before: end)
    if found > start, frames.bytes < (end - start) / 10 * 9 { return }
    reading.mediaType = "audio/aac"
    try reading.noteLeadingData(&window, before: text, isSkippedByDecoders: true)
    try note(first, at: found, &window, into: &reading)
    let milliseconds = Double(frames.blocks) * 1024 * 1000 / Double(first.sampleRate)
    reading.facts.durationMilliseconds = milliseconds
    if milliseconds > 0 {
      let bitRate = (Double(frames.bytes) * 8000 / milliseconds).rounded()
      reading.facts.audioStreams?[0].bitRate = Int(exactly: bitRate)
    }
    try judgeEnd(frames, &window, into: &reading)
  }

  /// Whether a header is at the start, or several consecutive ones follow further on.
  private static func mayHaveFrames(
    _ window: inout ByteWindow, from start: UInt64
  ) throws(ReadError) -> Bool {
    let end = window.byteCount
    if try ADTSFrames.header(&window, at: start, before: end) != nil { return true }
    return try ADTSFrames.find(
      &window, from: start, before: end, limit: start + Limits.AAC.search, hasTag: false) != nil
  }

  /// What the first frame says.
  private static func note(
    _ first: ADTSHeader, at offset: UInt64, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    reading.facts.container = "adts"
    var stream = AudioStream(codec: "aac")
    stream.profile = first.profileName
    stream.sampleRate = first.sampleRate
    stream.channels = first.channels
    if stream.channels == nil {
      let data = offset + UInt64(first.dataOffset)
      var block = try window.available(at: data, upTo: 128)
      stream.channels = AACProgramConfiguration(parsing: &block)?.channels
    }
    reading.facts.audioStreams = [stream]
  }

  /// A file that ends within its first frame, or doesn't continue after it.
  private static func readFirstFrameAlone(
    _ window: inout ByteWindow, at start: UInt64, before end: UInt64, into reading: inout Reading
  ) throws(ReadError) {
    guard let first = try ADTSFrames.header(&window, at: start, before: end) else { return }
    reading.mediaType = "audio/aac"
    try note(first, at: start, &window, into: &reading)
    if UInt64(first.frameLength) > end - start {
      reading.addTruncation(of: "the first frame", clause: clause, at: window.byteCount)
    } else {
      reading.add(
        Fault(
          "no-frames", clause: clause, at: start + UInt64(first.frameLength),
          "The file starts like AAC, but no consecutive frames follow.",
          expected: "consecutive frames", actual: "other bytes"))
    }
  }

  private static func judgeEnd(
    _ frames: ADTSFrames, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    if let gap = frames.gap {
      reading.noteGap(gap, clause: clause)
    } else if let offset = frames.emptyFrame {
      reading.add(
        Fault(
          "frame-without-end", clause: "ISO/IEC 14496-3 4.4.2.1", at: offset,
          "The audio in a frame consists of zeros.", expected: "a raw data block", actual: "zeros"))
    } else if let offset = frames.invalidBlock {
      reading.add(.invalidAACBlock(at: offset))
    }
    if let tag = frames.cutTag {
      reading.addTruncation(of: tag, clause: "", at: window.byteCount)
    } else if frames.end < window.byteCount {
      // Tags are at the end, so nothing was truncated there.
      return
    } else if frames.endsInHeader || frames.rest != nil {
      reading.noteLastFrame(clause: clause, endsAt: window.byteCount)
    } else if try AudioTags.tag(&window, at: frames.lastEnd).isNone {
      try judgeRest(frames, &window, into: &reading)
    }
  }

  /// The bytes after the last frame, which are no tag.
  private static func judgeRest(
    _ frames: ADTSFrames, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let start = frames.lastEnd
    let begun = try AudioTags.beginsHeader(&window, at: start) ? min(frames.end, start + 7) : start
    guard try AudioTags.isZero(&window, from: begun, to: frames.end) else {
      reading.trailingDataOffset = start
      return
    }
    // The space of a download is often reserved before the bytes arrive. What wasn't written are zeros, also
    // within the frame that was begun. A block ends with the element END, three bits set.
    let written = try AudioTags.endOfWritten(&window, from: frames.lastOffset, to: start)
    if begun > start {
      reading.noteUnwritten(from: start, clause: clause)
    } else if written + Limits.AAC.zeros < start, frames.emptyFrame != frames.lastOffset {
      reading.noteUnwritten(from: written, clause: clause)
    } else {
      reading.noteZeros(from: start, to: frames.end, clause: clause)
    }
  }

  private static let clause = "ISO/IEC 14496-3 1.A.2.2"
}
