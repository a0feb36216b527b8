// RFC 2046, 4.1.3 "Plain Subtype"; The Unicode Standard, chapter 3 "Conformance".

package import PreflightFacts
package import PreflightBytes

extension Format {
  package static let plainText = Format(
    "Text", reader: PlainText.self, hiding: .none,
    mediaTypes: [
      .init(
        "text/plain", "plain text", .plainText,
        extensions: ["txt", "text", "log", "md", "ini", "cfg", "conf"]),
      .init("text/csv", "a CSV file", .plainText, extensions: ["csv"]),
      .init("text/html", "an HTML page", .plainText, extensions: ["html", "htm"]),
      .init("text/xml", "an XML document", .plainText, extensions: ["xml"]),
      .init("text/rtf", "an RTF document", .text, extensions: ["rtf"]),
      .init("application/json", "a JSON document", .plainText, extensions: ["json"]),
    ])
}

extension MediaType {
  /// Text without a format of its own (RFC 2046, section 4.1.3).
  package static let plainText: MediaType = "text/plain"
  /// HTML.
  package static let html: MediaType = "text/html"
  /// JSON.
  package static let json: MediaType = "application/json"
  /// XML without a type of its own.
  package static let xml: MediaType = "text/xml"
  /// A script for a server.
  package static let php: MediaType = "text/x-php"

  /// Whether the type is that of texts which are just as well plain text: tables, JSON, XML, cards, sealed messages, and
  /// scripts, which nothing runs under such a name. A page, an image in SVG or a script of a server is rather what a
  /// server sent in place of the text.
  package var isPlainTextInside: Bool { Self.plainTextsInside.contains(self) || isData || isScript }

  private static let plainTextsInside: Set<MediaType> = [
    "text/csv", "text/tab-separated-values", "application/json", "application/geo+json",
    "application/x-ndjson", "text/vcard", "text/calendar", "text/vtt", "application/x-subrip", .xml,
    "application/xml", "application/pgp-encrypted", "application/pgp-keys", "application/pgp-signature",
  ]

  /// Whether the type is that of XML that no browser shows as a page or an image.
  private var isData: Bool { rawValue.hasSuffix("+xml") && self != .svg }

  /// Whether the type is one of those that ``TextType`` gives to a script for a shell or an interpreter.
  private var isScript: Bool {
    self != .php && (rawValue.hasPrefix("text/x-") || self == "application/javascript")
  }
}

/// A text: its encoding, whether it ends within a character, and whether it is plain or has its own type,
/// such as JSON. Tried last, since almost everything could be text.
package enum PlainText: FormatReader {
  package static func read(
    _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    guard window.byteCount > 0 else { return }
    let head = try window.available(at: 0, upTo: Limits.Text.head).copy()
    let mark = ByteOrderMark(head)
    if let mark, let size = mark.unitSize {
      try readWide(mark, unitSize: size, head: head, in: &window, into: &reading)
    } else {
      try readNarrow(mark, head: head, in: &window, into: &reading)
    }
  }

  /// Reads a text in a byte-oriented encoding: ASCII, UTF-8, and the older 8-bit sets.
  private static func readNarrow(
    _ mark: ByteOrderMark?, head: [UInt8], in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    var scan = TextScan()
    // As it was before the block that has a byte which isn't valid in text.
    var broken: TextScan?
    var position: UInt64 = UInt64(mark?.length ?? 0)
    while true {
      let span = try window.available(at: position, upTo: Limits.Text.head)
      if span.remaining == 0 { break }
      let before = scan
      guard scan.update(span) else {
        broken = before
        break
      }
      position += UInt64(span.remaining)
    }
    if let broken { return try readUnwritten(broken, from: position, in: &window, into: &reading) }
    switch scan.encoding {
    case .ascii:
      reading.facts.textEncoding = mark == nil ? "us-ascii" : "utf-8"
    case .utf8(let brokenCharacter):
      reading.facts.textEncoding = "utf-8"
      if let brokenCharacter { reading.add(truncation(at: brokenCharacter)) }
    case .other(let hasC1):
      // Bytes without control characters may be anything; libmagic has seen more of the file.
      guard reading.sniffedType.map({ TextType.isText($0) || isGuessedProgram($0, head) }) ?? false else {
        return
      }
      if let first = head.first, head.count > Limits.Text.repeats, head.allSatisfy({ $0 == first }) {
        reading.add(
          Fault(
            "unwritten", clause: "RFC 2046 4.1.3", at: 0,
            "The first \(head.count) bytes are all alike: no text was written.", expected: "text"))
      } else {
        reading.facts.textEncoding = WesternText.encoding(of: head, hasC1: hasC1)
      }
    }
    reading.mediaType = TextType.mediaType(
      of: Array(head.dropFirst(mark?.length ?? 0)), isWhole: window.byteCount <= UInt64(head.count),
      sniffedType: reading.sniffedType)
  }

  /// Reads a text that only NULs follow. Up to a limit they may be padding.
  ///
  /// - Parameters:
  ///   - scan: The scan of the blocks before.
  ///   - start: The file offset of the block that has a byte which isn't valid in text.
  private static func readUnwritten(
    _ scan: TextScan, from start: UInt64, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let text = scan.text(before: 0, in: try window.available(at: start, upTo: Limits.Text.head))
    guard let text, start > 0 || text.count > 0 else { return }
    if case .other = text.encoding, reading.sniffedType.map(TextType.isText) != true { return }
    let end = start + UInt64(text.count)
    guard window.byteCount - end > Limits.Text.padding,
      try AudioTags.isZero(&window, from: end, to: window.byteCount)
    else { return }
    reading.mediaType = .plainText
    reading.add(
      Fault(
        "unwritten", clause: "RFC 2046 4.1.3", at: end,
        "The text ends after \(end) bytes, and NULs follow: the rest was never written.", expected: "text",
        actual: "\(window.byteCount - end) NULs"))
  }

  /// Whether libmagic takes the first letter for an instruction of a DOS program without a header. Such a program calls
  /// DOS and has addresses from 0x100 on, so it has control characters, and none of the bytes is one.
  private static func isGuessedProgram(_ sniffedType: String, _ head: [UInt8]) -> Bool {
    sniffedType == "application/x-dosexec" && !head.starts(with: "MZ".utf8)
  }

  /// Reads a text in UTF-16 or UTF-32, which its byte order mark identifies.
  private static func readWide(
    _ mark: ByteOrderMark, unitSize: Int, head: [UInt8], in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    var scan = WideTextScan(unitSize: unitSize, isBigEndian: mark.isBigEndian)
    var position = UInt64(mark.length)
    while true {
      let span = try window.available(at: position, upTo: Limits.Text.head)
      if span.remaining == 0 { break }
      guard scan.update(span) else { return }
      position += UInt64(span.remaining)
    }
    reading.facts.textEncoding = mark.encoding
    if let brokenCharacter = scan.brokenCharacter { reading.add(truncation(at: brokenCharacter)) }
    reading.mediaType = TextType.mediaType(
      of: scan.narrowed(head[mark.length...]), isWhole: window.byteCount <= UInt64(head.count),
      sniffedType: reading.sniffedType)
  }

  private static func truncation(at offset: UInt64) -> Fault {
    Fault(
      "truncated", clause: "Unicode 3.9", at: offset, "The text ends in the middle of a character.",
      expected: "the rest of the character", actual: "end of file")
  }
}

/// The byte order mark, which identifies the encoding (The Unicode Standard, 23.8).
enum ByteOrderMark: Sendable {
  case utf8, utf16BigEndian, utf16LittleEndian, utf32BigEndian, utf32LittleEndian

  init?(_ head: [UInt8]) {
    // The byte order mark of UTF-32 starts with that of UTF-16.
    if head.starts(with: [0xff, 0xfe, 0, 0]) {
      self = .utf32LittleEndian
    } else if head.starts(with: [0, 0, 0xfe, 0xff]) {
      self = .utf32BigEndian
    } else if head.starts(with: [0xff, 0xfe]) {
      self = .utf16LittleEndian
    } else if head.starts(with: [0xfe, 0xff]) {
      self = .utf16BigEndian
    } else if head.starts(with: [0xef, 0xbb, 0xbf]) {
      self = .utf8
    } else {
      return nil
    }
  }

  var length: Int {
    switch self {
    case .utf8: 3
    case .utf16BigEndian, .utf16LittleEndian: 2
    case .utf32BigEndian, .utf32LittleEndian: 4
    }
  }

  /// The size of a code unit in bytes, if more than one.
  var unitSize: Int? { self == .utf8 ? nil : length }

  var isBigEndian: Bool { self == .utf16BigEndian || self == .utf32BigEndian }

  /// The encoding as the registry names it.
  var encoding: String {
    switch self {
    case .utf8: "utf-8"
    case .utf16BigEndian: "utf-16be"
    case .utf16LittleEndian: "utf-16le"
    case .utf32BigEndian: "utf-32be"
    case .utf32LittleEndian: "utf-32le"
    }
  }
}

extension ByteSpan {
  /// All the bytes, copied out.
  fileprivate func copy() -> [UInt8] { bytes.withUnsafeBytes { Array($0) } }
}
