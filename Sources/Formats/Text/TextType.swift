internal import PreflightBytes
internal import PreflightFacts

/// Detects the type of a text. Only unambiguous types get their own name. Anything else is plain text,
/// whatever libmagic reports: its guesses at source code and at comma-separated lists are often wrong, and
/// rejecting a text wrongly costs more than accepting one wrongly.
enum TextType {
  /// Whether libmagic detects some kind of text.
  static func isText(_ sniffedType: String) -> Bool {
    sniffedType.hasPrefix("text/") || sniffedType.hasPrefix("message/")
      || textual.contains(sniffedType) || isMarkup(sniffedType)
  }

  /// The type to declare.
  ///
  /// - Parameters:
  ///   - head: The start of the text, one byte per character or UTF-8, without a byte order mark.
  ///   - isWhole: Whether that is all of it.
  ///   - sniffedType: What libmagic says.
  static func mediaType(of head: [UInt8], isWhole: Bool, sniffedType: String?) -> MediaType {
    let text = TextHead(head, isWhole: isWhole)
    if let known = signature(of: text, sniffedType: sniffedType) { return known }
    if let markup = TextMarkup.mediaType(of: text, sniffedType: sniffedType) { return markup }
    if let sniffedType, textual.contains(sniffedType) { return MediaType(rawValue: sniffedType) }
    if JSONPrefix.isJSON(text) { return "application/json" }
    if DelimitedText.isTable(text, isSniffedAsTable: sniffedType == "text/csv") { return "text/csv" }
    if sniffedType == "message/rfc822", text.isMultipartMessage { return "message/rfc822" }
    return "text/plain"
  }

  /// Types that libmagic detects by an unambiguous signature, or by reading the whole text.
  private static let textual: Set<String> = [
    "application/geo+json", "application/json", "application/mac-binhex40",
    "application/pgp-encrypted", "application/pgp-keys", "application/pgp-signature",
    "application/vnd.cups-ppd", "application/vnd.font-fontforge-sfd", "application/x-mswinurl",
    "application/x-ndjson", "application/x-putty-private-key", "application/x-subrip",
    "image/vnd.dxf", "image/x-xpixmap", "model/vrml", "text/calendar", "text/rtf", "text/vcard",
    "text/vtt", "text/x-ms-regedit",
  ]

  /// Whether a name is that of XML or HTML of some kind.
  static func isMarkup(_ type: String) -> Bool {
    type == "text/html" || type == "text/xml" || type == "application/xml"
      || type == "application/xml-sitemap" || type.hasSuffix("+xml")
  }

  /// Types that the first characters alone identify.
  private static func signature(of text: TextHead, sniffedType: String?) -> MediaType? {
    if text.has("{\\rtf") { return "text/rtf" }
    if text.has("%!PS") { return "application/postscript" }
    if text.has("#!"), let line = text.firstLine, line.contains(UInt8(ascii: "/")) {
      return sniffedType.flatMap { isScript($0) ? MediaType(rawValue: $0) : nil }
        ?? "text/x-shellscript"
    }
    let start = text.start
    if text.has("<?php", at: start) { return "text/x-php" }
    if text.has("@echo off", at: start) { return "text/x-msdos-batch" }
    if text.has("begin:vcard", at: start) { return "text/vcard" }
    if text.has("begin:vcalendar", at: start) { return "text/calendar" }
    return portableAnymap(text)
  }

  private static func isScript(_ sniffedType: String) -> Bool {
    sniffedType == "application/javascript" || sniffedType.hasPrefix("text/x-")
  }

  /// The Netpbm images whose pixels are written in digits.
  private static func portableAnymap(_ text: TextHead) -> MediaType? {
    guard text[0] == UInt8(ascii: "P"), let kind = text[1], let space = text[2], space <= 0x20,
      let next = text[3], next.isASCIIDigit || next == UInt8(ascii: "#")
    else { return nil }
    switch kind {
    case UInt8(ascii: "1"): return "image/x-portable-bitmap"
    case UInt8(ascii: "2"): return "image/x-portable-graymap"
    case UInt8(ascii: "3"): return "image/x-portable-pixmap"
    default: return nil
    }
  }
}

/// How a text begins.
struct TextHead: Sendable {
  let bytes: [UInt8]

  /// Whether the text consists of only these bytes.
  let isWhole: Bool

  /// The index of the first byte that is not white space.
  let start: Int

  init(_ bytes: [UInt8], isWhole: Bool) {
    self.bytes = bytes
    self.isWhole = isWhole
    start = bytes.firstIndex { !$0.isTextWhitespace } ?? bytes.count
  }

  subscript(index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  /// Whether `word` is at `index`; its capital letters match only capitals, its small letters both.
  func has(_ word: StaticString, at index: Int = 0) -> Bool {
    guard index >= 0, bytes.count - index >= word.utf8CodeUnitCount else { return false }
    for offset in 0..<word.utf8CodeUnitCount {
      let wanted = word.utf8Start[offset]
      let byte = bytes[index + offset]
      if byte == wanted { continue }
      guard (0x61...0x7a).contains(wanted), byte | 0x20 == wanted, byte.isASCIILetter else {
        return false
      }
    }
    return true
  }

  /// The index of `word` at or after `start`, as ``has(_:at:)`` matches it, below `end`.
  func firstIndex(of word: StaticString, from start: Int, below end: Int = .max) -> Int? {
    var index = start
    let last = min(end, bytes.count) - word.utf8CodeUnitCount
    while index <= last {
      if has(word, at: index) { return index }
      index += 1
    }
    return nil
  }

  /// The bytes before the first line end.
  var firstLine: ArraySlice<UInt8>? {
    bytes.prefix(Limits.Text.line).split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0a || $0 == 0x0d }
    ).first
  }

  /// Whether it is a multipart mail: attachments, not a text to read.
  var isMultipartMessage: Bool {
    firstIndex(of: "\nmime-version:", from: 0, below: Limits.Text.mailHeader) != nil
      && firstIndex(of: "\ncontent-type: multipart/", from: 0, below: Limits.Text.mailHeader) != nil
  }
}

extension UInt8 {
  /// Whether the byte is a space, a tab or a line end.
  package var isTextWhitespace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
