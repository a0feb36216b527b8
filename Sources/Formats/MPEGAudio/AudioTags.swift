internal import PreflightFacts
internal import PreflightBytes

/// The tags before and after audio of many formats: ID3v2 (id3.org, 2.2 to 2.4), ID3v1, APEv1 and APEv2, and
/// Lyrics3 v1 and v2. Only their lengths matter.
enum AudioTags {
  /// Tags before the audio.
  struct Leading {
    /// Where the audio should start; the file's end if a tag extends past it.
    var end: UInt64
    /// Whether there is a tag.
    var isThere = false
    /// The offset of a tag that extends past the end of the file.
    var cutTagOffset: UInt64?
  }

  /// What is at a place after the audio.
  enum Tag {
    case none
    /// A tag that ends at this offset.
    case whole(end: UInt64)
    /// A tag whose length exceeds the file, or whose end is missing.
    case cut(name: String)

    var isNone: Bool { if case .none = self { true } else { false } }
  }

  /// The tags at the start of the audio: ID3v2 and APE.
  static func leading(
    _ window: inout ByteWindow, from start: UInt64 = 0
  ) throws(ReadError) -> Leading {
    var result = Leading(end: start)
    for _ in 0..<Limits.AudioTags.count {
      guard isLeading(try window.available(at: result.end, upTo: 8)) else { return result }
      switch try tag(&window, at: result.end) {
      case .none: return result
      case .whole(let end):
        result.end = end
        result.isThere = true
      case .cut:
        result.isThere = true
        result.cutTagOffset = result.end
        result.end = window.byteCount
        return result
      }
    }
    return result
  }

  /// How many bytes of text stand before a tag or a frame: the head of an HTTP message, a warning of PHP, a byte
  /// order mark. Players skip them. Other bytes before the first frame are the rest of one, or padding.
  ///
  /// - Parameter isSync: Whether two bytes may begin a frame's header.
  static func textBefore(
    _ window: inout ByteWindow, isSync: (UInt8, UInt8) -> Bool
  ) throws(ReadError) -> UInt64 {
    let head = try window.available(at: 0, upTo: Limits.AudioTags.text)
    var index = head.has([0xef, 0xbb, 0xbf]) ? 3 : 0
    while let byte = head[index], 0x20...0x7e ~= byte || 0x09...0x0d ~= byte { index += 1 }
    // The byte order mark of UTF-16 alone, which looks like a header.
    if index == 0, head.has([0xff, 0xfe]) || head.has([0xfe, 0xff]), let first = head[2], let second = head[3]
    {
      let isTag = head.has("ID3", at: 2) && isLeadingTag(head, at: 2)
      return isTag || isSync(first, second) ? 2 : 0
    }
    // The name of a tag is text as well.
    for name in ["ID3", "APETAGEX"] as [StaticString] where index >= name.utf8CodeUnitCount {
      let start = index - name.utf8CodeUnitCount
      if head.has(name, at: start) { return isLeadingTag(head, at: start) ? UInt64(start) : 0 }
    }
    guard let first = head[index], let second = head[index + 1], isSync(first, second) else { return 0 }
    return UInt64(index)
  }

  /// Whether the version of a tag follows its name.
  private static func isLeadingTag(_ head: borrowing ByteSpan, at index: Int) -> Bool {
    head.has("ID3", at: index) ? 2...9 ~= head[index + 3] ?? 0 : head[index + 9] == 0
  }

  private static func isLeading(_ head: borrowing ByteSpan) -> Bool {
    head.has("ID3") || head.has("APETAGEX")
  }

  /// The tag that begins at an offset.
  static func tag(_ window: inout ByteWindow, at offset: UInt64) throws(ReadError) -> Tag {
    if try window.available(at: offset, upTo: 11).has("LYRICSBEGIN") {
      return try lyrics3(&window, at: offset)
    }
    let byteCount = window.byteCount
    return tag(try window.available(at: offset, upTo: 128), in: byteCount)
  }

  private static func tag(_ head: borrowing ByteSpan, in byteCount: UInt64) -> Tag {
    if head.has("ID3") { return id3v2(head, in: byteCount) }
    if head.has("APETAGEX") { return ape(head, in: byteCount) }
    guard head.has("TAG") else { return .none }
    return head.remaining < 128 ? .cut(name: "an ID3v1 tag") : .whole(end: head.base + 128)
  }

  /// ID3v2.4 structure, section 3.1; 2.2 and 2.3 are the same except for the footer.
  private static func id3v2(_ head: borrowing ByteSpan, in byteCount: UInt64) -> Tag {
    // Later versions would keep this header; letters in its place mean a text about tags.
    guard 2...9 ~= head[3] ?? 4, head[4] ?? 0 < 0xff else { return .none }
    guard head.remaining >= 10 else { return .cut(name: "an ID3v2 tag") }
    guard let version = head[3], let flags = head[5], let size = syncsafe(head, at: 6) else {
      return .none
    }
    let hasFooter = version >= 4 && flags & 0x10 != 0
    let end = head.base + 10 + size + (hasFooter ? 10 : 0)
    return end <= byteCount ? .whole(end: end) : .cut(name: "an ID3v2 tag")
  }

  /// APE tags, version 2: a tag that starts with its header declares the size of everything after it.
  private static func ape(_ head: borrowing ByteSpan, in byteCount: UInt64) -> Tag {
    guard head.remaining >= 32 else { return .cut(name: "an APE tag") }
    guard let size = littleEndian(head, at: 12), let flags = littleEndian(head, at: 20) else {
      return .none
    }
    // A lone footer, whose items are before it.
    guard flags >> 29 & 1 == 1 else { return .whole(end: head.base + 32) }
    let end = head.base + 32 + size
    return end <= byteCount ? .whole(end: end) : .cut(name: "an APE tag")
  }

  /// What shows that another file begins near the end of a frame: the offset of a tag or of an index, and where the
  /// frame would be that it leads to.
  struct JoinedPart {
    let offset: UInt64
    var frames: [UInt64] = []
  }

  /// The first such part from an offset on, but not far behind `offset`.
  static func joinedPart(
    _ window: inout ByteWindow, from start: UInt64, behind offset: UInt64
  ) throws(ReadError) -> JoinedPart? {
    let limit = offset + Limits.AudioTags.join
    guard start < limit else { return nil }
    guard let index = partIndex(in: try window.available(at: start, upTo: Int(limit - start))) else {
      return nil
    }
    var part = JoinedPart(offset: start + UInt64(index))
    // An index stands behind the header and one of the sizes of side information.
    part.frames = [13, 21, 36].filter { $0 <= part.offset }.map { part.offset - $0 }
    let byteCount = window.byteCount
    var position = part.offset
    while case .whole(let end) = tag(try window.available(at: position, upTo: 128), in: byteCount) {
      position = end
    }
    if position > part.offset { part.frames = [position] }
    return part
  }

  private static func partIndex(in span: borrowing ByteSpan) -> Int? {
    let names: [StaticString] = ["ID3", "TAG", "APETAGEX", "Xing", "Info", "VBRI"]
    var index = 0
    while index < span.remaining {
      for name in names where span.has(name, at: index) { return index }
      index += 1
    }
    return nil
  }

  /// Lyrics3 v1 ends with a word within 5,100 bytes; v2 with its size, six digits, and a word.
  private static func lyrics3(
    _ window: inout ByteWindow, at start: UInt64
  ) throws(ReadError) -> Tag {
    var offset = start + 11
    // In short steps, so that a file full of such tags isn't read repeatedly.
    while offset - start < 1_000_000 {
      let span = try window.available(at: offset, upTo: 4096)
      if let index = lyrics3End(in: span) { return .whole(end: offset + UInt64(index)) }
      guard span.remaining == 4096 else { break }
      offset += UInt64(span.remaining - 8)
    }
    return .cut(name: "a Lyrics3 tag")
  }

  private static func lyrics3End(in span: borrowing ByteSpan) -> Int? {
    var index = 0
    while let word = span.firstIndex(of: "LYRICS", from: index) {
      if span.has("200", at: word + 6) || span.has("END", at: word + 6) { return word + 9 }
      index = word + 6
    }
    return nil
  }

  /// Where the tags at the end of the file begin, searching back to `start` at most.
  static func trailing(
    _ window: inout ByteWindow, from start: UInt64
  ) throws(ReadError) -> UInt64 {
    var end = window.byteCount
    for _ in 0..<Limits.AudioTags.count {
      guard let begin = try tagStart(&window, endingAt: end), begin >= start, begin < end else {
        return end
      }
      end = begin
    }
    return end
  }

  /// Where the tag begins that ends at an offset.
  private static func tagStart(
    _ window: inout ByteWindow, endingAt end: UInt64
  ) throws(ReadError) -> UInt64? {
    let length = min(end, 128)
    if length >= 9, try window.span(at: end - 9, count: 9).has("LYRICSEND") {
      let reach = min(end, 5120)
      return try window.span(at: end - reach, count: reach).firstIndex(of: "LYRICSBEGIN")
        .map { end - reach + UInt64($0) }
    }
    return tagStart(try window.span(at: end - length, count: length), endingAt: end)
  }

  private static func tagStart(_ tail: borrowing ByteSpan, endingAt end: UInt64) -> UInt64? {
    let count = tail.remaining
    if count == 128, tail.has("TAG") { return end - 128 }
    if count >= 32, tail.has("APETAGEX", at: count - 32),
      let size = littleEndian(tail, at: count - 20), let flags = littleEndian(tail, at: count - 12)
    {
      let whole = size + (flags >> 31 == 1 ? 32 : 0)
      return size >= 32 && whole <= end ? end - whole : end - 32
    }
    if count >= 15, tail.has("LYRICS200", at: count - 9) {
      var size: UInt64 = 0
      for index in count - 15..<count - 9 {
        guard let digit = tail[index], 0x30...0x39 ~= digit else { return nil }
        size = size * 10 + UInt64(digit - 0x30)
      }
      return size + 15 <= end ? end - size - 15 : nil
    }
    if count >= 10, tail.has("3DI", at: count - 10), let size = syncsafe(tail, at: count - 4) {
      return size + 20 <= end ? end - size - 20 : nil
    }
    return nil
  }

  /// Whether every byte of a part of the file is zero. Only the start of a long part is looked at.
  static func isZero(
    _ window: inout ByteWindow, from start: UInt64, to end: UInt64
  ) throws(ReadError) -> Bool {
    let end = min(end, start + Limits.AudioTags.padding)
    var offset = start
    while offset < end {
      let span = try window.available(at: offset, upTo: Int(min(end - offset, 1 << 16)))
      guard span.remaining > 0 else { return true }
      let isZero = span.bytes.withUnsafeBytes { bytes in bytes.allSatisfy { $0 == 0 } }
      guard isZero else { return false }
      offset += UInt64(span.remaining)
    }
    return true
  }

  /// The end of the last byte in a short part of the file that isn't zero; its start if all are.
  static func endOfWritten(
    _ window: inout ByteWindow, from start: UInt64, to end: UInt64
  ) throws(ReadError) -> UInt64 {
    let span = try window.span(at: start, count: end - start)
    var index = span.remaining
    while index > 0, span[index - 1] == 0 { index -= 1 }
    return start + UInt64(index)
  }

  /// Whether the sync word of a frame is at an offset.
  static func beginsHeader(_ window: inout ByteWindow, at offset: UInt64) throws(ReadError) -> Bool {
    let head = try window.available(at: offset, upTo: 2)
    return head[0] == 0xff && (head[1] ?? 0 >= 0xe0 || head[1] == 0)
  }

  /// A size of four times seven bits.
  private static func syncsafe(_ span: borrowing ByteSpan, at index: Int) -> UInt64? {
    var value: UInt64 = 0
    for position in index..<index + 4 {
      guard let byte = span[position], byte < 0x80 else { return nil }
      value = value << 7 | UInt64(byte)
    }
    return value
  }

  private static func littleEndian(_ span: borrowing ByteSpan, at index: Int) -> UInt64? {
    var value: UInt64 = 0
    for position in (index..<index + 4).reversed() {
      guard let byte = span[position] else { return nil }
      value = value << 8 | UInt64(byte)
    }
    return value
  }
}

extension Reading {
  /// Notes bytes between frames that no tag explains.
  mutating func noteGap(_ gap: Range<UInt64>, clause: String) {
    add(
      Fault(
        "frames-interrupted", clause: clause, at: gap.lowerBound,
        "Bytes that are neither frames nor a tag interrupt the audio.",
        expected: "the next frame", actual: "\(gap.count) other bytes"))
  }

  /// Notes that the file ends within a frame. Players play all frames before it.
  mutating func noteLastFrame(clause: String, endsAt offset: UInt64) {
    possibleTruncation = PossibleTruncation(
      message: "The file ends in the middle of a frame.", clause: clause, at: offset)
  }

  /// Notes zeros after the last frame, unless they are few.
  mutating func noteZeros(from start: UInt64, to end: UInt64, clause: String) {
    guard end - start >= Limits.AudioTags.zeros else { return }
    possibleTruncation = PossibleTruncation(
      message: "The last \(end - start) bytes are zeros: the file may not have been written completely.",
      clause: clause, at: start)
  }

  /// Notes that a frame, and all after it, consists of zeros.
  mutating func noteUnwritten(from offset: UInt64, clause: String) {
    add(
      Fault(
        "unwritten", clause: clause, at: offset,
        "From the middle of a frame to the end, the file contains only zeros: it wasn't written completely.",
        expected: "audio", actual: "zeros"))
  }
}
